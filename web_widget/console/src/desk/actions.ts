import type { Desk } from "./desk.ts";
import type { Row } from "./rows.ts";

/** What can be done with a conversation, in the order of the buttons. */
export type ChatAction =
  | "takeBack"
  | "handOff"
  | "transfer"
  | "consult"
  | "stopHelping"
  | "watch"
  | "unwatch"
  | "join"
  | "leave"
  | "reassign"
  | "reopen"
  | "close"
  | "forceClose";

/** Closed conversations can be reopened for a day. */
const REOPEN_MS = 24 * 3_600_000;

/** What this agent can do with a conversation now; the server decides, this only leaves out what it would refuse. */
export function actionsFor(desk: Desk, row: Row): ChatAction[] {
  const { me } = desk;
  if (!desk.serves) return [];
  const { status, agentId, facts } = row;
  if (status === "closed") return mayReopen(desk, row) ? ["reopen"] : [];
  if (status === "active" && agentId === me.id) return ["handOff", "transfer", "consult", "close"];
  const isWaiting = status === "waiting" || status === "offered";
  const own: ChatAction[] = isWaiting && facts.handedOffBy === me.id ? ["takeBack"] : [];
  if (row.consultants.includes(me.id)) own.push("stopHelping");
  return desk.isSupervisor ? [...own, ...supervising(desk, row)] : own;
}

function supervising(desk: Desk, { supervisors, isWatched, status }: Row): ChatAction[] {
  if (supervisors.includes(desk.me.id)) return ["leave", "reassign", "close"];
  if (status === "bot") return ["join"];
  return [isWatched ? "unwatch" : "watch", "join", "reassign", "forceClose"];
}

function mayReopen(desk: Desk, { facts }: Row): boolean {
  const isFresh = facts.closedAt !== null && desk.now - facts.closedAt < REOPEN_MS;
  return isFresh && (desk.isSupervisor || facts.lastAgent === desk.me.id);
}

/** Does it at once, or asks first what has to be known. */
export function run(desk: Desk, action: ChatAction, conversation: string): void {
  const { acts, client } = desk;
  switch (action) {
    case "takeBack":
      return void acts.do(conversation, "taken_back", () => client.command("take_back", { conversation }));
    case "reopen":
      return void acts.do(conversation, "reopened", () => client.command("reopen_conversation", { conversation }));
    case "unwatch":
      desk.rows.watched.delete(conversation);
      return void acts.do(conversation, "unwatched", () => client.command("unwatch_conversation", { conversation }));
    case "stopHelping":
      return void acts.do(conversation, "stopped_helping", () => client.command("leave_consult", { conversation }));
    case "leave":
      return void acts.do(conversation, "left", () => client.command("leave_conversation", { conversation }));
    default:
      return desk.ask(action, conversation);
  }
}
