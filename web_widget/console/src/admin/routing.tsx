import type { Routing as Rules } from "@chatserver/shared";
import { Button, Skeleton } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import { useAsked } from "../desk/use_asked.ts";
import { CheckRow, DurationRow } from "./fields.tsx";
import { Refused } from "./refused.tsx";
import type { Shelved } from "./types.ts";
import { useUnsaved } from "./use_unsaved.ts";
import { useWords } from "./words.ts";

const RULES = ["wrap_up_s", "remind_after_s", "close_after_s", "park_after_s", "close_bot_after_s"] as const satisfies (keyof Rules)[];
/** There is one way of routing. */
const ONLY = "main";
const MOST_S = 7 * 86_400;

/** What the desk does by itself. */
export function RoutingPage(): JSX.Element {
  const words = useWords();
  const kept = useAsked<{ items: Shelved<Rules>[] }>("admin/routing");
  if (kept === "failed") return <p class="hint hint-danger">{words("told.failed")}</p>;
  return kept === null ? <Skeleton lines={5} /> : <RoutingForm kept={kept.items[0]?.item ?? {}} />;
}

function RoutingForm({ kept }: { kept: Rules }): JSX.Element {
  const { desk } = useDesk();
  const words = useWords();
  const { value: rules, wasUnsaved, change: type, forget } = useUnsaved("routing", kept);
  const [state, setState] = useState<"idle" | "busy" | "saved">("idle");
  const [refused, setRefused] = useState<HttpRefusal | null>(null);
  const change = (more: Partial<Rules>): void => {
    type({ ...rules, ...more });
    setState("idle");
  };
  const save = async (): Promise<void> => {
    setState("busy");
    setRefused(null);
    try {
      await desk.api.send("PUT", `admin/routing/${ONLY}`, rules);
      forget();
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
      {wasUnsaved && state === "idle" && <p class="hint">{words("told.unsaved")}</p>}
      <fieldset class="item-rows" disabled={!mayChange}>
        <p class="quiet">{words("rule.off")}</p>
        {RULES.map((rule) => (
          <DurationRow
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
