import type { ConversationLog } from "@chatserver/shared";

/** Those that have ended, the latest first. */
export function earlier(conversations: ReadonlyMap<string, ConversationLog>): ConversationLog[] {
  return [...conversations.values()]
    .filter((log) => log.status === "closed" && log.events.length > 0)
    .sort((a, b) => lastAt(b) - lastAt(a));
}

/** When something last happened in a conversation. */
export function lastAt(log: ConversationLog): number {
  return log.events[log.events.length - 1]?.at ?? 0;
}
