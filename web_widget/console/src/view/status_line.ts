import { tierText } from "@chatserver/shared";
import { useDesk } from "../desk/context.ts";
import type { Desk } from "../desk/desk.ts";
import type { Row } from "../desk/rows.ts";
import type { Say } from "../texts/index.ts";

/** Where a conversation stands, in one sentence. */
export function useStatusLine(): (row: Row) => string {
  const { desk, say } = useDesk();
  return (row) => sentence(row, desk, say);
}

function sentence(row: Row, { me: { id: me }, catalog }: Desk, say: Say): string {
  const { status, agentId, agentName, supervisors, facts, log } = row;
  const { disposition } = log.view;
  const tier = tierText(row.tier, say);
  if (status === "closed") {
    return disposition === null ? say("line.closed") : say("line.closed_as", { outcome: catalog.outcomeText(disposition, say) });
  }
  if (status === "active") {
    if (agentId === me) return say("line.mine");
    return say(supervisors.includes(me) ? "line.mine_joined" : "line.active", { name: agentName });
  }
  if (status === "bot") return say("line.bot");
  if (facts.handedOffBy === me) return say("line.handed_off", { tier });
  if (status === "offered") return say("line.offered", { tier });
  return log.position === null ? say("line.waiting", { tier }) : say("line.waiting_at", { tier, position: log.position });
}
