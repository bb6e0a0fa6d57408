import type { By, DurableEvent, DurableEvents, FileInfo } from "./generated/protocol.ts";
import type { ConversationLog, Side } from "./log.ts";
import { inOrder, type Outgoing } from "./outbox.ts";
import type { Message } from "./reducer.ts";

/** How far the other side is with a message. */
export type Reached = "sent" | "delivered" | "read";

/** A message on screen, with what came with it and what it answers. */
export interface MessageEntry {
  readonly kind: "message";
  readonly id: string;
  readonly message: Message;
  readonly by: By;
  readonly reached: Reached;
  readonly files: readonly FileInfo[];
  readonly quoted?: Message;
}

/** What stands in a conversation on screen, top to bottom. */
export type Entry =
  | MessageEntry
  | { readonly kind: "line"; readonly id: string; readonly event: DurableEvent }
  | { readonly kind: "outgoing"; readonly id: string; readonly item: Outgoing; readonly quoted?: Message };

/**
 * The public thread and, below it, what is on its way; notes are not among it. Without a log, what
 * waits for a conversation that is being opened.
 */
export function timeline(log: ConversationLog | null, outgoing: readonly Outgoing[], side: Side): Entry[] {
  const messages = new Map<string, Message>(log?.view.messages.map((message) => [message.id, message]));
  const entries: Entry[] = [];
  for (const event of log?.events ?? []) {
    const message = messages.get(event.id);
    if (message !== undefined && log !== null) {
      entries.push(said(event, message, reachedBy(log, message.seq, side), messages));
    } else if (isWorthALine(event, side)) {
      entries.push({ kind: "line", id: event.id, event });
    }
  }
  return [...entries, ...onTheirWay(outgoing, messages)];
}

function said(event: DurableEvent, message: Message, reached: Reached, messages: Map<string, Message>): MessageEntry {
  const { id, by } = event;
  const { files = [], reply_to: replyTo } = event as DurableEvents["message_posted"];
  const quoted = replyTo === undefined ? undefined : messages.get(replyTo);
  return { kind: "message", id, message, by, reached, files, ...(quoted && { quoted }) };
}

function reachedBy(log: ConversationLog, seq: number, side: Side): Reached {
  const other: Side = side === "user" ? "agent" : "user";
  if (seq <= log.reads[other]) return "read";
  return seq <= log.delivered[other] ? "delivered" : "sent";
}

function onTheirWay(outgoing: readonly Outgoing[], messages: Map<string, Message>): Entry[] {
  return inOrder(outgoing)
    .filter((item) => item.kind !== "note" && (item.text !== "" || item.files !== undefined))
    .map((item) => {
      const quoted = item.replyTo === undefined ? undefined : messages.get(item.replyTo);
      return { kind: "outgoing", id: item.key, item, ...(quoted && { quoted }) };
    });
}

const SILENT: ReadonlySet<string> = new Set<DurableEvent["type"]>(["message_posted", "message_removed", "note_added"]);

const KNOWN_TO_USERS: ReadonlySet<string> = new Set<DurableEvent["type"]>(["conversation_started", "queued", "conversation_rated"]);

function isWorthALine(event: DurableEvent, side: Side): boolean {
  if (SILENT.has(event.type)) return false;
  if (side === "agent") return true;
  // Users know that they came, see their place in the queue live, and are thanked for a rating where they give it.
  return !KNOWN_TO_USERS.has(event.type);
}
