import { durationText as rangeText, type Decision } from "@chatserver/shared";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import { en, type ConsoleKey } from "../texts/en.ts";
import type { Say } from "../texts/index.ts";
import { durationText, timeText } from "../time.ts";
import { Card } from "./card.tsx";
import type { CardProps } from "./cards.tsx";

/** Reasons that say nothing which the step itself does not. */
const PLAIN: ReadonlySet<string> = new Set(["", "asked"]);

/** Every routing decision with its reason; read anew only when the conversation has moved, not with every message. */
export function Routing({ row }: CardProps): JSX.Element {
  const { id, status } = row;
  const { moves } = row.facts;
  const { desk, say } = useDesk();
  const [decisions, setDecisions] = useState<Decision[] | "failed" | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    desk.api.routing(id, abort.signal).then(setDecisions, (failure: unknown) => {
      if (abort.signal.aborted) return;
      if (!(failure instanceof HttpRefusal)) throw failure;
      setDecisions((shown) => shown ?? "failed");
    });
    return () => abort.abort();
  }, [desk, id, moves, status]);
  return (
    <Card id="routing" title={say("details.routing")}>
      {decisions === "failed" && <p class="quiet">{say("details.routing_failed")}</p>}
      {Array.isArray(decisions) && decisions.length === 0 && <p class="quiet">{say("details.routing_none")}</p>}
      {Array.isArray(decisions) && decisions.length > 0 && (
        <ol class="routing" data-testid="routing">
          {decisions.map((decision, index) => (
            <Step key={index} decision={decision} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function Step({ decision }: { decision: Decision }): JSX.Element {
  const { desk, say } = useDesk();
  const { at, action, agent, tier, skill } = decision;
  const where = [
    agent === undefined ? null : desk.catalog.agentName(agent),
    say(tier === 2 ? "tier_name.2" : "tier_name.1"),
    skill === "" ? null : skill,
  ].filter((part) => part !== null);
  const more = factsOf(decision, (id) => desk.catalog.agentName(id), say);
  return (
    <li>
      <p>
        <b>{known(`decision.${action}`, action, say)}</b>
        <time>{timeText(at, say.locale)}</time>
      </p>
      <p class="routing-where">{where.join(" · ")}</p>
      {more.length > 0 && <p class="quiet">{more.join(" · ")}</p>}
    </li>
  );
}

function factsOf(decision: Decision, nameOf: (agent: string) => string, say: Say): string[] {
  const { action, reason, position, waited_ms: waitedMs, estimate_s: estimate } = decision;
  const facts: string[] = [];
  const why = known(`why.${reason}`, nameOf(reason), say);
  if (!PLAIN.has(reason) && reason !== action) facts.push(action === "transferred" ? `→ ${why}` : why);
  if (position !== undefined) facts.push(say("details.position", { position }));
  if (waitedMs !== undefined && waitedMs >= 1_000) facts.push(say("details.waited", { time: durationText(waitedMs, say.locale) }));
  if (estimate !== undefined) facts.push(say("details.expected", { time: rangeText(estimate, say) }));
  return facts;
}

/** The text for a code, or the code where there is none. */
function known(key: string, code: string, say: Say): string {
  return key in en ? say(key as ConsoleKey) : code;
}
