import type { By, DurableEvent, DurableEvents } from "../src/index.ts";

export const USER: By = { role: "user", id: "u1", name: "林晓芸" };
export const AGENT: By = { role: "agent", id: "a1", name: "Amy" };
export const SYSTEM: By = { role: "system", id: null, name: "" };

type Adds<Type extends keyof DurableEvents> = Omit<DurableEvents[Type], "id" | "conversation" | "thread" | "seq" | "at" | "by">;

/** An event of conversation `c1`, as `sync` gives it. */
export function event<Type extends keyof DurableEvents>(
  type: Type,
  seq: number,
  adds: Adds<Type>,
  by: By = SYSTEM,
): DurableEvent {
  const thread = type === "note_added" ? "internal" : "public";
  const envelope = { id: `${thread}-${seq}`, conversation: "c1", thread, seq, at: 1_700_000_000_000 + seq, by };
  return { ...envelope, ...adds, type } as unknown as DurableEvent;
}

/** A message of the user, or of somebody else. */
export function message(seq: number, text: string, by: By = USER, key?: string): DurableEvent {
  return event("message_posted", seq, { text, attachments: [], ...(key !== undefined && { key }) }, by);
}
