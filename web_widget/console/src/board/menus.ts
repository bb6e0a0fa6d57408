/** What a supervisor can do from the board. */
import type { Desk } from "../desk/desk.ts";
import type { MenuItem } from "../view/menu.tsx";
import type { BoardKey } from "./texts/en.ts";
import type { BoardAgent as AgentNow } from "@chatserver/shared";

type Words = (key: BoardKey) => string;

export function waitingItems(desk: Desk, conversation: string, words: Words): MenuItem[] {
  return [
    { id: "watch", text: words("menu.watch"), run: () => desk.ask("watch", conversation) },
    { id: "reassign", text: words("menu.reassign"), run: () => desk.ask("reassign", conversation) },
    { id: "move", text: words("menu.move"), run: () => desk.ask("move", conversation) },
    { id: "close", text: words("menu.close"), isDanger: true, run: () => desk.ask("forceClose", conversation) },
  ];
}

export function servedItems(desk: Desk, conversation: string, words: Words): MenuItem[] {
  return [
    { id: "watch", text: words("menu.watch"), run: () => desk.ask("watch", conversation) },
    { id: "whisper", text: words("menu.whisper"), run: () => whisper(desk, conversation) },
    { id: "join", text: words("menu.join"), run: () => desk.ask("join", conversation) },
    { id: "reassign", text: words("menu.reassign"), run: () => desk.ask("reassign", conversation) },
    { id: "close", text: words("menu.close"), isDanger: true, run: () => desk.ask("forceClose", conversation) },
  ];
}

export function agentItems(desk: Desk, { id, status }: AgentNow, words: Words): MenuItem[] {
  if (status === "offline") return [];
  return [{ id: "offline", text: words("menu.force_offline"), isDanger: true, run: () => desk.ask("forceOffline", id) }];
}

function whisper(desk: Desk, conversation: string): void {
  desk.select(conversation);
  desk.setMode(conversation, "whisper");
}
