import { Button, Skeleton } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import { useAsked } from "../user/use_asked.ts";
import { CheckRow, NumberRow } from "./fields.tsx";
import { Refused } from "./refused.tsx";
import type { RoutingSettings, Shelved } from "./types.ts";
import { useWords } from "./words.ts";

const RULES = ["wrap_up_s", "remind_after_s", "close_after_s", "park_after_s", "close_bot_after_s"] as const satisfies (keyof RoutingSettings)[];
/** There is one way of routing. */
const ONLY = "main";
const MOST_S = 7 * 86_400;

/** What the desk does by itself. */
export function RoutingPage(): JSX.Element {
  const { desk } = useDesk();
  const words = useWords();
  const kept = useAsked<{ items: Shelved<RoutingSettings>[] }>("admin/routing");
  const [rules, setRules] = useState<RoutingSettings | null>(null);
  const [state, setState] = useState<"idle" | "busy" | "saved">("idle");
  const [refused, setRefused] = useState<HttpRefusal | null>(null);
  useEffect(() => void (kept !== null && kept !== "failed" && setRules(kept.items[0]?.item ?? {})), [kept]);
  if (kept === "failed") return <p class="hint hint-danger">{words("told.failed")}</p>;
  if (rules === null) return <Skeleton lines={5} />;
  const change = (more: Partial<RoutingSettings>): void => {
    setRules({ ...rules, ...more });
    setState("idle");
  };
  const save = async (): Promise<void> => {
    setState("busy");
    setRefused(null);
    try {
      setRules((await desk.api.send<Shelved<RoutingSettings>>("PUT", `admin/routing/${ONLY}`, rules)).item);
      setState("saved");
    } catch (failure) {
      if (!(failure instanceof HttpRefusal)) throw failure;
      setRefused(failure);
      setState("idle");
    }
  };
  const mayChange = desk.me.role === "admin";
  return (
    <form
      class="item-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      data-testid="routing-form"
    >
      <fieldset class="item-rows" disabled={!mayChange}>
        <p class="quiet">{words("rule.off")}</p>
        {RULES.map((rule) => (
          <NumberRow
            key={rule}
            label={words(`rule.${rule}`)}
            hint={words(`rule.${rule}.hint`)}
            value={rules[rule] ?? 0}
            onChange={(value) => change({ [rule]: value })}
            most={MOST_S}
            testId={`rule-${rule}`}
          />
        ))}
        <CheckRow label={words("rule.disposition_required")} value={rules.disposition_required ?? false} onChange={(required) => change({ disposition_required: required })} testId="rule-disposition" />
      </fieldset>
      <Refused refused={refused} />
      {mayChange && (
        <div class="item-buttons">
          <Button type="submit" kind="primary" isSmall disabled={state === "busy"} testId="admin-save">
            {words("do.save")}
          </Button>
          {state === "saved" && <span role="status">{words("told.saved")}</span>}
        </div>
      )}
    </form>
  );
}
