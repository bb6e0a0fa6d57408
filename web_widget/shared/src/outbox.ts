/**
 * What a person has written and the server has not yet confirmed: pure rules over a list of items.
 *
 * Items of one lane go out one at a time, in the order they were written. A lane is a conversation,
 * or `NEW` while the conversation they belong to is still being opened.
 */
import type { ErrorCode, StartConversation } from "./generated/protocol.ts";

/** The lane of a conversation that has no id yet. */
export const NEW = "new";

export type OutgoingState = "sending" | "sent" | "failed";

/** A file that goes with a message; its bytes are kept on the device under `id` until they are sent. */
export interface OutgoingFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** The server's id, once it has the file. */
  readonly remote?: string;
}

/** Something written; `order` counts up per device, `at` is the device's own clock. */
export interface Outgoing {
  readonly key: string;
  readonly kind: "start" | "message" | "note";
  readonly lane: string;
  readonly text: string;
  readonly order: number;
  readonly at: number;
  readonly state: OutgoingState;
  /** Why it failed. */
  readonly error?: ErrorCode;
  /** Its number in the log, once sent. */
  readonly seq?: number;
  readonly replyTo?: string;
  /** A note of a supervisor for the agent who serves. */
  readonly isWhisper?: boolean;
  readonly files?: readonly OutgoingFile[];
  /** What else a new conversation starts with. */
  readonly start?: Omit<StartConversation, "key" | "text">;
}

/** The items to be sent now: of every lane the first that is still to go, if none of it is under way. */
export function due(items: readonly Outgoing[], underWay: ReadonlySet<string>): Outgoing[] {
  const first = new Map<string, Outgoing>();
  for (const item of inOrder(items)) {
    if (item.state === "sending" && !first.has(item.lane)) first.set(item.lane, item);
  }
  // Messages of a conversation that is still being opened have no address yet.
  return [...first.values()].filter(
    (item) => !underWay.has(item.lane) && (item.lane !== NEW || item.kind === "start"),
  );
}

/** The items as a screen shows them: oldest first. */
export function inOrder(items: readonly Outgoing[]): Outgoing[] {
  return [...items].sort((a, b) => a.order - b.order);
}

/** The items with one changed; unknown keys change nothing. */
export function changed(
  items: readonly Outgoing[],
  key: string,
  change: Partial<Outgoing>,
): Outgoing[] {
  return items.map((item) => (item.key === key ? { ...item, ...change } : item));
}

/** The items after the server took one of their files. */
export function uploaded(items: readonly Outgoing[], key: string, file: string, remote: string): Outgoing[] {
  return items.map((item) => {
    if (item.key !== key || item.files === undefined) return item;
    return { ...item, files: item.files.map((one) => (one.id === file ? { ...one, remote } : one)) };
  });
}

/** The items after a conversation got its id: what waited for it is addressed to it. */
export function addressed(items: readonly Outgoing[], conversation: string): Outgoing[] {
  return items.map((item) => (item.lane === NEW ? { ...item, lane: conversation } : item));
}

/** The items without those that the log shows by now. */
export function withoutSeen(items: readonly Outgoing[], keys: ReadonlySet<string>): Outgoing[] {
  return items.filter((item) => !keys.has(item.key));
}

/**
 * The items without one that is thrown away. What waited for the conversation that it would have
 * opened opens it instead.
 */
export function discarded(items: readonly Outgoing[], key: string): Outgoing[] {
  const left = items.filter((item) => item.key !== key);
  const waiting = inOrder(left).filter((item) => item.lane === NEW);
  const [first] = waiting;
  if (first === undefined || waiting.some((item) => item.kind === "start")) return left;
  return changed(left, first.key, { kind: "start" });
}

/**
 * Tries a failed item again under the same key, so that it cannot be posted twice; in a lane without
 * a conversation all of it, since the rest waits for the first.
 */
export function retried(items: readonly Outgoing[], key: string): Outgoing[] {
  const lane = items.find((item) => item.key === key)?.lane;
  return items.map((item) => {
    const meant = item.key === key || (lane === NEW && item.lane === NEW);
    if (!meant || item.state !== "failed") return item;
    const { error: _gone, ...rest } = item;
    return { ...rest, state: "sending" as const };
  });
}

/** The items after the server refused one for good; what waited for its conversation fails with it. */
export function failed(items: readonly Outgoing[], key: string, error: ErrorCode): Outgoing[] {
  const one = items.find((item) => item.key === key);
  const all = one?.lane === NEW && one.kind === "start";
  return items.map((item) =>
    item.key === key || (all && item.lane === NEW) ? { ...item, state: "failed", error } : item,
  );
}
