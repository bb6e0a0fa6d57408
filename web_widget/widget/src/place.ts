import type { ConversationLog } from "@chatserver/shared";

/** Which screen the widget shows. */
export type Place =
  | { readonly name: "home" }
  /** A conversation that is being opened. */
  | { readonly name: "opening" }
  | { readonly name: "chat"; readonly log: ConversationLog };

export interface Around {
  readonly conversations: ReadonlyMap<string, ConversationLog>;
  /** Whether something waits for a conversation that has no id yet. */
  readonly isOpening: boolean;
  /** The conversation that the person looks at, or looked at when it ended. */
  readonly chosen: string | null;
}

/** Where the person is: what they chose to look at, else the open conversation, else the start. */
export function placeOf({ conversations, isOpening, chosen }: Around): Place {
  const seen = chosen === null ? undefined : conversations.get(chosen);
  if (seen !== undefined) return { name: "chat", log: seen };
  const open = openConversation(conversations);
  if (open !== null) return { name: "chat", log: open };
  return { name: isOpening ? "opening" : "home" };
}

/** The one conversation that has not ended. */
export function openConversation(conversations: ReadonlyMap<string, ConversationLog>): ConversationLog | null {
  for (const log of conversations.values()) if (log.status !== "closed") return log;
  return null;
}
