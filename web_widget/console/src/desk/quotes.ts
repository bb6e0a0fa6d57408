/** The message that a reply quotes: a part of the draft, kept by its id. */
import type { ConversationLog, Message } from "@chatserver/shared";
import type { Desk } from "./desk.ts";

/** What the next reply quotes; null when nothing, or when it was erased meanwhile. */
export function quotedIn({ id, view }: ConversationLog, { drafts }: Desk): Message | null {
  const quoted = drafts.get(id, "quote");
  return quoted === "" ? null : (view.messages.find((message) => message.id === quoted && !isGone(message)) ?? null);
}

/** Quotes a message, or none. */
export function quote(desk: Desk, conversation: string, message: Message | null): void {
  if (message !== null) desk.setMode(conversation, "reply");
  desk.drafts.replace(conversation, "quote", message?.id ?? "");
}

/** The user's last message; the one before it when that is quoted already, and so on up. */
export function earlierOf({ messages }: ConversationLog["view"], quoted: Message | null): Message | null {
  const before = messages.filter((message) => message.role === "user" && !isGone(message) && message.seq < (quoted?.seq ?? Infinity));
  return before[before.length - 1] ?? quoted;
}

function isGone({ text, removed }: Message): boolean {
  return text === "" && removed.length > 0;
}
