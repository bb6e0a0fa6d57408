import type {
  By,
  Conversation,
  DurableEvent,
  Heads,
  Marks,
  QueuePosition,
  Status,
  Thread,
  TypingEvent,
} from "./generated/protocol.ts";
import { apply, emptyView, type Message, type View } from "./reducer.ts";

/** What became of an event: it was the next one, was known already, or others are missing before it. */
export type Received = "applied" | "seen" | "gap";

/** Which side of a conversation somebody is on; supervisors are agents here. */
export type Side = "user" | "agent";

/** One conversation as this client knows it: what the log says, and the passing signs around it. */
export class ConversationLog {
  readonly id: string;
  /** What the events so far add up to. */
  readonly view: View = emptyView();
  /** The public thread, from 1 without a gap. */
  readonly events: DurableEvent[] = [];
  /** The internal thread, from 1 without a gap; users have none. */
  readonly internal: DurableEvent[] = [];
  /** How far each thread is known to reach; ahead of `view.last` means that something is missing. */
  readonly heads: Record<Thread, number> = { public: 0, internal: 0 };
  /** The keys of this person's own messages that the log holds. */
  readonly keys = new Set<string>();
  /** The conversation as the server last described it. */
  snapshot: Conversation | null = null;
  /** Place among those who wait, from 1; null when it does not wait or the place is unknown. */
  position: number | null = null;
  /** Expected wait in seconds, `[low, high]`. */
  estimate: readonly [number, number] | null = null;
  /** Up to which number each side has seen the public thread. */
  readonly reads: Record<Side, number> = { user: 0, agent: 0 };
  /** Up to which number the public thread has arrived at each side, seen or not. */
  readonly delivered: Record<Side, number> = { user: 0, agent: 0 };
  /** Who is typing now, by identity. */
  readonly typing = new Map<string, TypingEvent>();
  /** The server does not let this client read the thread (an offer shows no more than its preview). */
  unreadable = false;
  /** Goes up with every change. */
  version = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** Where the conversation stands: by its events when they are complete, else by what the server said. */
  get status(): Status {
    return this.snapshot !== null && this.isBehind("public") ? this.snapshot.status : this.view.status;
  }

  /** Whether events of a thread are known to exist that are not here. */
  isBehind(thread: Thread): boolean {
    return this.view.last[thread] < this.heads[thread];
  }

  /** Takes the server's description of the conversation. */
  describe(conversation: Conversation): void {
    this.snapshot = conversation;
    this.reach(conversation.heads);
    this.learn(conversation.marks);
    this.position = conversation.position ?? null;
    if (this.position === null) this.estimate = null;
    this.version += 1;
  }

  private learn(marks: Marks | undefined): void {
    if (marks === undefined) return;
    for (const side of ["user", "agent"] as const) {
      this.arrivedUpTo(side, marks[`${side}_delivered`]);
      this.sawUpTo(side, marks[`${side}_read`]);
    }
  }

  /** Learns how far the threads reach; numbers never go back. */
  reach(heads: Partial<Heads>): void {
    this.heads.public = Math.max(this.heads.public, heads.public ?? 0);
    this.heads.internal = Math.max(this.heads.internal, heads.internal ?? 0);
  }

  /** Applies an event if it is the next of its thread. */
  receive(event: DurableEvent): Received {
    this.reach({ [event.thread]: event.seq });
    if (event.seq <= this.view.last[event.thread]) return "seen";
    if (!apply(this.view, event)) return "gap";
    this.remember(event);
    this.version += 1;
    return "applied";
  }

  private remember(event: DurableEvent): void {
    if ("key" in event && event.key !== undefined) this.keys.add(event.key);
    if (event.thread === "internal") {
      this.internal.push(event);
      return;
    }
    this.events.push(event);
    this.typing.delete(identity(event.by));
    if (event.type === "message_posted") this.sawEverythingBefore(event);
    // Whoever has left a message stands in no line.
    const isLeft = event.type === "queued" && event.reason === "message";
    if (isLeft || this.view.status !== "waiting") this.position = this.estimate = null;
  }

  /** Whoever answers has seen what stands above. */
  private sawEverythingBefore(event: DurableEvent): void {
    if (event.by.role === "user" || event.by.role === "agent") this.sawUpTo(event.by.role, event.seq);
  }

  /** Notes that a side has seen everything up to a number; true if that is news. */
  sawUpTo(side: Side, seq: number): boolean {
    if (seq <= this.reads[side]) return false;
    this.reads[side] = seq;
    this.version += 1;
    return true;
  }

  /** Notes that the thread has arrived at a side up to a number. */
  arrivedUpTo(side: Side, seq: number): void {
    if (seq <= this.delivered[side]) return;
    this.delivered[side] = seq;
    this.version += 1;
  }

  /** Notes that somebody types or has stopped. */
  hears(event: TypingEvent): void {
    if (event.on) this.typing.set(identity(event.by), event);
    else this.typing.delete(identity(event.by));
    this.version += 1;
  }

  /** Takes the live place in the queue. */
  placed(event: QueuePosition): void {
    this.position = event.position;
    this.estimate = event.estimate_s;
    this.version += 1;
  }

  /** The messages that a side has not seen yet: those of the other side, and for users the bot's. */
  unread(side: Side): Message[] {
    const seen = this.reads[side];
    return this.view.messages.filter(
      (one) => one.seq > seen && (side === "user" ? one.role !== "user" : one.role === "user"),
    );
  }
}

/** A name for who did something, unique among users, agents, the bot and the system. */
export function identity(by: By): string {
  return `${by.role}:${by.id ?? ""}`;
}
