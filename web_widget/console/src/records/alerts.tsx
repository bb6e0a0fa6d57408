import type { AlertInfo } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import { momentText } from "../time.ts";
import { useAsked } from "../desk/use_asked.ts";
import { en, type RecordsKey } from "./texts/en.ts";
import { useWords } from "./words.ts";

/** Who of the staff looked at too much, and other odd things, until somebody has seen to it. */
export function AlertsPage(): JSX.Element {
  const { desk, say } = useDesk();
  const words = useWords();
  const [round, again] = useState(0);
  const [hasFailed, setFailed] = useState(false);
  const found = useAsked<{ alerts: AlertInfo[] }>("alerts?limit=50", round);
  useEffect(() => desk.client.on("alert", () => again((count) => count + 1)), [desk]);
  const see = async (id: string): Promise<void> => {
    setFailed(false);
    try {
      await desk.api.send("POST", `alerts/${id}/seen`, {});
      again((count) => count + 1);
    } catch (failure) {
      if (!(failure instanceof HttpRefusal)) throw failure;
      setFailed(true);
    }
  };
  const alerts = found === null || found === "failed" ? [] : found.alerts;
  return (
    <>
      {(found === "failed" || hasFailed) && (
        <p class="hint hint-danger" role="alert">
          {words("audit.failed")}
        </p>
      )}
      {found !== null && alerts.length === 0 && <p class="lists-empty">{words("alerts.none")}</p>}
      <ul class="cases" data-testid="alerts">
        {alerts.map((one) => (
          <li key={one.id} class="case" data-testid="alert" data-id={one.id}>
            <p class="case-top">
              <b>
                <bdi>{one.agent.name}</bdi>
              </b>
              <span>{kindText(one.kind, words)}</span>
              {one.bound > 0 && <span class="quiet">{words("alert.count", { count: one.count, bound: one.bound })}</span>}
              <time class="row-time">{momentText(one.at, say.locale)}</time>
            </p>
            {one.suspended && <p class="row-failed">{words("alert.suspended")}</p>}
            {one.seen_by === undefined ? (
              <Button isSmall onClick={() => void see(one.id)} testId="alert-seen">
                {words("alert.see")}
              </Button>
            ) : (
              <p class="quiet">{words("alert.seen_by", { name: one.seen_by.name })}</p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The words for a kind; one of a later server is shown as it is. */
function kindText(kind: string, words: (key: RecordsKey) => string): string {
  const key = `alert.${kind}`;
  return key in en ? words(key as RecordsKey) : kind;
}
