import type { Desk } from "./desk.ts";
import type { Row } from "./rows.ts";

/** What can be done with a conversation, in the order of the buttons. */
export type ChatAction = "takeBack" | "handOff" | "transfer" | "join" | "leave" | "reopen" | "close";

/** Closed conversations can be reopened for a day. */
const REOPEN_MS = 24 * 3_600_000;

/** What this agent can do with a conversation now; the server decides, this only leaves out what it would refuse. */
export function actionsFor(desk: Desk, row: Row): ChatAction[] {
  const { me } = desk;
  if (!desk.serves) return [];
  const { status, agentId, supervisors, facts } = row;
  if (status === "closed") return mayReopen(desk, row) ? ["reopen"] : [];
  if (status === "active" && agentId === me.id) return ["handOff", "transfer", "close"];
  const isWaiting = status === "waiting" || status === "offered";
  const own: ChatAction[] = isWaiting && facts.handedOffBy === me.id ? ["takeBack"] : [];
  if (!desk.isSupervisor) return own;
  return supervisors.includes(me.id) ? [...own, "leave", "close"] : [...own, "join"];
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
    case "leave":
      return void acts.do(conversation, "left", () => client.command("leave_conversation", { conversation }));
    default:
      return desk.show({ dialog: action });
  }
}
