import type { By, DurableEvent } from "./generated/protocol.ts";
import type { ConversationLog, Side } from "./log.ts";
import { inOrder, type Outgoing } from "./outbox.ts";
import type { Message } from "./reducer.ts";

/** What stands in a conversation on screen, top to bottom. */
export type Entry =
  | { readonly kind: "message"; readonly id: string; readonly message: Message; readonly by: By; readonly isRead: boolean }
  | { readonly kind: "line"; readonly id: string; readonly event: DurableEvent }
  | { readonly kind: "outgoing"; readonly id: string; readonly item: Outgoing };

/**
 * The public thread and, below it, what is on its way; notes are not among it. Without a log, what
 * waits for a conversation that is being opened.
 */
export function timeline(log: ConversationLog | null, outgoing: readonly Outgoing[], side: Side): Entry[] {
  if (log === null) return onTheirWay(outgoing);
  const other: Side = side === "user" ? "agent" : "user";
  const messages = new Map(log.view.messages.map((message) => [message.id, message]));
  const entries: Entry[] = [];
  for (const event of log.events) {
    const message = messages.get(event.id);
    const { id, by } = event;
    if (message !== undefined) {
      entries.push({ kind: "message", id, message, by, isRead: message.seq <= log.reads[other] });
    } else if (isWorthALine(event, log.events[event.seq - 2], side)) {
      entries.push({ kind: "line", id, event });
    }
  }
  return [...entries, ...onTheirWay(outgoing)];
}

function onTheirWay(outgoing: readonly Outgoing[]): Entry[] {
  return inOrder(outgoing)
    .filter((item) => item.kind !== "note" && item.text !== "")
    .map((item) => ({ kind: "outgoing", id: item.key, item }));
}

const SILENT: ReadonlySet<DurableEvent["type"]> = new Set<DurableEvent["type"]>([
  "message_posted",
  "message_removed",
  "note_added",
]);

function isWorthALine(event: DurableEvent, before: DurableEvent | undefined, side: Side): boolean {
  if (SILENT.has(event.type)) return false;
  if (side === "agent") return true;
  // Users know that they came, and are thanked for their rating where they give it.
  if (event.type === "conversation_started" || event.type === "conversation_rated") return false;
  // Why somebody waits again was said in the line before.
  return event.type !== "queued" || before?.type !== "agent_left";
}
