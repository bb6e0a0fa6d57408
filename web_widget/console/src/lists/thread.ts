/** The two threads of a conversation as one column, ordered by time: pure. */
import { timeline, type ConversationLog, type DurableEvent, type Entry, type Message, type Outgoing } from "@chatserver/shared";
import { dayNumber } from "../time.ts";

/** What stands in the middle pane, top to bottom. */
export type Item =
  | { readonly kind: "entry"; readonly id: string; readonly at: number; readonly entry: Entry }
  | { readonly kind: "note"; readonly id: string; readonly at: number; readonly note: Message; readonly to: string | null }
  | { readonly kind: "internal"; readonly id: string; readonly at: number; readonly event: DurableEvent }
  | { readonly kind: "outgoing_note"; readonly id: string; readonly at: number; readonly item: Outgoing }
  | { readonly kind: "day"; readonly id: string; readonly at: number };

/** Messages, what happened and notes by time, days between them; what is on its way stands last. */
export function threadOf(log: ConversationLog, outgoing: readonly Outgoing[]): Item[] {
  const times = new Map(log.events.map((event) => [event.id, event.at]));
  const all = timeline(log, outgoing, "agent");
  const entries: Item[] = all
    .filter((entry) => entry.kind !== "outgoing")
    .map((entry) => ({ kind: "entry", id: entry.id, at: times.get(entry.id) ?? 0, entry }));
  const written = new Map(log.view.notes.map((note) => [note.id, note]));
  const notes = log.internal.flatMap((event) => internalItem(event, written.get(event.id)));
  return [...withDays(merged(entries, notes)), ...onTheirWay(all, outgoing)];
}

/** A note, or what happened among colleagues. */
function internalItem(event: DurableEvent, note: Message | undefined): Item[] {
  const { id, at } = event;
  if (event.type !== "note_added") return [{ kind: "internal", id, at, event }];
  return note === undefined ? [] : [{ kind: "note", id, at, note, to: event.to?.name ?? null }];
}

/** Two lists that are in order as one; at the same instant what happened stands before what was noted about it. */
function merged(entries: readonly Item[], notes: readonly Item[]): Item[] {
  const all: Item[] = [];
  let next = 0;
  for (const entry of entries) {
    for (let note = notes[next]; note !== undefined && note.at < entry.at; note = notes[next]) {
      all.push(note);
      next += 1;
    }
    all.push(entry);
  }
  return [...all, ...notes.slice(next)];
}

function withDays(items: readonly Item[]): Item[] {
  const all: Item[] = [];
  let day: number | null = null;
  for (const item of items) {
    const own = dayNumber(item.at);
    if (own !== day) all.push({ kind: "day", id: `day ${own}`, at: item.at });
    day = own;
    all.push(item);
  }
  return all;
}

function onTheirWay(entries: readonly Entry[], outgoing: readonly Outgoing[]): Item[] {
  const messages = entries
    .filter((entry) => entry.kind === "outgoing")
    .map((entry): Item => ({ kind: "entry", id: entry.id, at: entry.item.order, entry }));
  const notes = outgoing
    .filter(({ kind }) => kind === "note")
    .map((item): Item => ({ kind: "outgoing_note", id: item.key, at: item.order, item }));
  return [...messages, ...notes].sort((a, b) => a.at - b.at);
}

/** A pause of this length starts a new run, so that name and time are shown again. */
const RUN_MS = 5 * 60_000;

/** Whether an item begins a run of messages of one person. */
export function beginsRun(item: Item, before: Item | undefined): boolean {
  if (item.kind !== "entry" || before?.kind !== "entry") return true;
  const [entry, last] = [item.entry, before.entry];
  if (entry.kind === "outgoing") return last.kind !== "outgoing";
  if (entry.kind !== "message" || last.kind !== "message") return true;
  const isSame = entry.by.role === last.by.role && entry.by.id === last.by.id;
  return !isSame || entry.message.at - last.message.at > RUN_MS;
}

/** The last of an agent's messages that stands at the very end: it alone shows how far it got. */
export function lastOwn(items: readonly Item[]): string | null {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item?.kind !== "entry" || item.entry.kind === "line") continue;
    return item.entry.kind === "message" && item.entry.by.role === "agent" ? item.id : null;
  }
  return null;
}
