/**
 * The chat as one signed-in person has it: commands, conversations that stay complete, and an outbox.
 *
 * Screens read the public fields and call `subscribe` to learn that something changed.
 */
import { backoffMs } from "./backoff.ts";
import { CatchUp } from "./catchup.ts";
import { Feed, type Listener } from "./feed.ts";
import type {
  Commands,
  Conversation,
  DurableEvent,
  Events,
  Offer,
  PresenceEvent,
  SessionInfo,
  StartConversation,
  Started,
  Thread,
  Welcome,
} from "./generated/protocol.ts";
import { newKey } from "./keys.ts";
import { Link, type Auth, type LinkState } from "./link.ts";
import { ConversationLog, type Side } from "./log.ts";
import { NEW, type Outgoing, type OutgoingFile } from "./outbox.ts";
import { Pauses } from "./pauses.ts";
import { mayPass, Refusal } from "./refusal.ts";
import { Sender, type Files } from "./sender.ts";
import { browserStorage, Keepsake, type KeyValue } from "./storage.ts";
import { TypingReporter } from "./typing.ts";

export interface ClientOptions {
  /** Who this is, for what is kept on the device: a user's `sub`, an agent's id. */
  readonly scope: string;
  /** Asked at every connect; `fresh` when the last answer was refused. Null means signed out. */
  readonly auth: (fresh: boolean) => Promise<Auth | null> | Auth | null;
  /** Gives a fresh token before the present one ends. */
  readonly renew?: () => Promise<string>;
  /** Address of the server; the page's own by default. */
  readonly url?: string;
  /** `localStorage` by default, memory where there is none. */
  readonly storage?: KeyValue;
  /** Sends files; without it a message with files fails. */
  readonly files?: Files;
}

/** What a message may have besides its words. */
export interface More {
  /** Id of the message that this one answers. */
  readonly replyTo?: string;
  readonly files?: readonly OutgoingFile[];
}

/** A command that got no answer is given up after this time, unless told otherwise. */
const GIVE_UP_MS = 30_000;

/** What arrives within this time is acknowledged together. */
const TOGETHER_MS = 250;

/** What the rest of the page holds: one per signed-in person. */
export class ChatClient {
  /** Small things that outlive a reload, of this person on this device. */
  readonly keepsake: Keepsake;
  readonly conversations = new Map<string, ConversationLog>();
  /** Offers that ring now (agents), by conversation. */
  readonly offers = new Map<string, Offer>();
  /** Agents whose state is known, by id. */
  readonly presence = new Map<string, PresenceEvent>();
  session: SessionInfo | null = null;
  /** What this server offers beside what every one does. */
  features: readonly string[] = [];
  /** The key an anonymous user returns with. */
  visitor: string | null = null;
  /** Server time minus the device's, in milliseconds. */
  clockOffsetMs = 0;
  /** Goes up with every change. */
  version = 0;

  private readonly options: ClientOptions;
  private readonly socket: Link;
  private readonly reader: CatchUp;
  private readonly sender: Sender;
  private readonly feed: Feed;
  private readonly reporters = new Map<string, TypingReporter>();
  private readonly pauses = new Pauses();
  private readonly subscribers = new Set<() => void>();
  private readonly arriving = new Set<string>();
  private isTelling = false;

  constructor(options: ClientOptions) {
    this.options = options;
    this.keepsake = new Keepsake(options.storage ?? browserStorage(), options.scope);
    this.socket = new Link({
      ...(options.url !== undefined && { url: options.url }),
      auth: options.auth,
      onState: () => this.changed(),
      onWelcome: (welcome) => this.welcomed(welcome),
      onEvent: (name, body) => this.feed.take(name, body),
    });
    this.feed = new Feed(this, {
      onGap: (id, thread) => this.reader.want(id, thread),
      onApplied: (log) => {
        this.sender.seen(log);
        this.arrived(log);
      },
      onReconnectSoon: (inMs) => setTimeout(() => this.socket.renewConnection(), inMs),
      onAuthExpiring: () => void this.renewToken(),
    });
    this.reader = new CatchUp({
      log: (id) => this.conversations.get(id),
      sync: (body) => this.socket.send("sync", body),
      onEvent: (event: DurableEvent) => this.feed.durable(event, false),
    });
    this.sender = new Sender({
      keepsake: this.keepsake,
      isOnline: () => this.socket.state.name === "online",
      start: ({ key, text, start }) =>
        this.socket.send("start_conversation", { ...start, key, ...(text !== "" && { text }) }),
      post: (item) => this.post(item),
      files: options.files,
      onStarted: (started) => this.adopt(started),
      onChange: () => this.changed(),
    });
  }

  get link(): LinkState {
    return this.socket.state;
  }

  /** Which side of every conversation this person is on. */
  get side(): Side {
    return this.session === null || this.session.role === "user" ? "user" : "agent";
  }

  /** Connects, and stays connected until `stop`. */
  start(): void {
    this.socket.start();
  }

  /** Disconnects; what was written and not sent stays on the device. */
  stop(): void {
    this.socket.stop();
    for (const reporter of this.reporters.values()) reporter.stop();
  }

  /** Takes a new connection, for which `auth` is asked again: a language changes that way. */
  reconnect(): void {
    this.socket.renewConnection();
  }

  /** Calls back after every change, at most once per task; returns how to stop that. */
  subscribe(subscriber: () => void): () => void {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  }

  /** Calls back for one kind of event; `isLive` is false for what was caught up on. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Name>): () => void {
    return this.feed.on(name, listener);
  }

  /**
   * Sends a command until it is answered. The body is sent again unchanged after `retry`, `storage`,
   * `rate_limited` or silence, for at most `giveUpMs`. Raises `Refusal`.
   */
  async command<Name extends keyof Commands>(
    name: Name,
    body: Commands[Name]["body"],
    giveUpMs = GIVE_UP_MS,
  ): Promise<Commands[Name]["result"]> {
    const end = Date.now() + giveUpMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const result = await this.socket.send(name, body);
        if ("conversation" in result) this.describe(result.conversation as Conversation);
        return result;
      } catch (error) {
        if (!(error instanceof Refusal) || !mayPass(error)) throw error;
        const pauseMs = Math.max(error.retryAfterMs ?? 0, backoffMs(attempt, Math.random()));
        if (Date.now() + pauseMs >= end) throw error;
        await this.pauses.wait(pauseMs);
      }
    }
  }

  /** Opens a conversation, or goes on with the open one; messages said meanwhile wait for it. */
  open(start: Omit<StartConversation, "key">): string {
    const { text = "", ...rest } = start;
    return this.write({ kind: "start", lane: NEW, text, start: rest });
  }

  /** Says something; null as conversation means the one that is being opened. Returns the key. */
  say(conversation: string | null, text: string, more: More = {}): string {
    if (conversation !== null) this.reporters.get(conversation)?.stop();
    return this.write({ kind: "message", lane: conversation ?? NEW, text, ...more });
  }

  /** Leaves a note for colleagues. Returns the key. */
  note(conversation: string, text: string, more: Pick<Outgoing, "files" | "isWhisper"> = {}): string {
    return this.write({ kind: "note", lane: conversation, text, ...more });
  }

  /** What was written in a conversation and is not in its log yet; null as in `say`. */
  outgoing(conversation: string | null): Outgoing[] {
    const lane = conversation ?? NEW;
    return this.sender.items.filter((item) => item.lane === lane);
  }

  /** Whether the server refused anything that was written. */
  get hasFailed(): boolean {
    return this.sender.items.some((item) => item.state === "failed");
  }

  /** How far a file under way is, from 0 to 1; 0 while it waits. */
  progressOf(file: OutgoingFile): number {
    return file.remote === undefined ? (this.sender.progress.get(file.id) ?? 0) : 1;
  }

  /** Tries again what failed. */
  retry(key: string): void {
    this.sender.retry(key);
  }

  /** Throws away what failed, or what still has files to send. */
  discard(key: string): void {
    this.sender.discard(key);
  }

  /** Tells that this person has seen everything in a conversation. */
  markRead(conversation: string): void {
    const log = this.conversations.get(conversation);
    if (log === undefined || !log.sawUpTo(this.side, log.view.last.public)) return;
    const seq = log.view.last.public;
    this.keepsake.set(`read.${conversation}`, String(seq));
    this.quietly("mark_read", { conversation, seq });
    this.changed();
  }

  /** The text box changed. `draft` is shown to agents; leave it out where nobody agreed to that. */
  typed(conversation: string, isEmpty: boolean, draft?: string): void {
    let reporter = this.reporters.get(conversation);
    if (reporter === undefined) {
      reporter = new TypingReporter((on, shown) =>
        this.quietly("typing", { conversation, on, ...(shown !== undefined && { draft: shown }) }),
      );
      this.reporters.set(conversation, reporter);
    }
    reporter.typed(isEmpty, draft);
  }

  /** Loads a conversation that this session was not told of, and keeps it complete from then on. */
  follow(conversation: Conversation): ConversationLog {
    return this.describe(conversation);
  }

  /** Stops showing a conversation. */
  forget(conversation: string): void {
    this.conversations.delete(conversation);
    this.changed();
  }

  /** The log of a conversation, a new one if it is not known yet. */
  log(id: string): ConversationLog {
    let log = this.conversations.get(id);
    if (log === undefined) {
      log = new ConversationLog(id);
      log.sawUpTo(this.side, Number(this.keepsake.get(`read.${id}`) ?? 0));
      this.conversations.set(id, log);
    }
    return log;
  }

  /** Tells the subscribers, once for all changes of the same task. */
  changed(): void {
    this.version += 1;
    if (this.isTelling) return;
    this.isTelling = true;
    queueMicrotask(() => {
      this.isTelling = false;
      for (const subscriber of [...this.subscribers]) subscriber();
    });
  }

  /** Asks for what is known to be missing. */
  catchUp(log: ConversationLog): void {
    if (log.unreadable) return;
    for (const thread of this.threads()) if (log.isBehind(thread)) this.reader.want(log.id, thread);
  }

  /** Tells the other side that its words are on this device, once for all that came together. */
  private arrived(log: ConversationLog): void {
    const isOurs = this.side === "user" || log.view.agent?.id === this.session?.subject;
    if (!isOurs || this.arriving.has(log.id)) return;
    this.arriving.add(log.id);
    setTimeout(() => {
      this.arriving.delete(log.id);
      const seq = log.view.last.public;
      if (seq <= log.delivered[this.side]) return;
      log.arrivedUpTo(this.side, seq);
      this.quietly("mark_delivered", { conversation: log.id, seq });
    }, TOGETHER_MS);
  }

  private write(item: Pick<Outgoing, "kind" | "lane" | "text" | "start" | "replyTo" | "files" | "isWhisper">): string {
    const key = newKey();
    this.sender.add({ ...item, key, at: Date.now() + this.clockOffsetMs });
    return key;
  }

  private post({ kind, lane: conversation, key, text, replyTo, files, isWhisper }: Outgoing): Promise<Commands["send_message"]["result"]> {
    const body = { conversation, key, text, ...(files && { attachments: files.flatMap((file) => file.remote ?? []) }) };
    if (kind === "note") return this.socket.send(isWhisper ? "whisper" : "add_note", body);
    return this.socket.send("send_message", { ...body, ...(replyTo && { reply_to: replyTo }) });
  }

  private adopt(started: Started): void {
    this.sender.seen(this.describe(started.conversation));
  }

  private describe(conversation: Conversation): ConversationLog {
    const log = this.log(conversation.id);
    log.unreadable = false;
    log.describe(conversation);
    this.catchUp(log);
    this.changed();
    return log;
  }

  private welcomed(welcome: Welcome): void {
    this.session = welcome.session;
    this.features = welcome.features ?? [];
    this.visitor = welcome.visitor ?? null;
    this.clockOffsetMs = welcome.server_time - Date.now();
    this.reader.reset();
    this.offers.clear();
    const described = new Set(welcome.conversations.map((one) => one.id));
    for (const conversation of welcome.conversations) this.describe(conversation);
    // Those that the server did not name have ended or moved on meanwhile: their logs say how.
    for (const log of this.conversations.values()) if (!described.has(log.id)) this.reread(log);
    this.sender.hurry();
    this.pauses.wakeAll();
    this.changed();
  }

  private reread(log: ConversationLog): void {
    log.snapshot = null;
    for (const thread of this.threads()) this.reader.want(log.id, thread);
  }

  private threads(): Thread[] {
    return this.side === "user" ? ["public"] : ["public", "internal"];
  }

  private async renewToken(): Promise<void> {
    if (this.options.renew === undefined) return;
    try {
      await this.command("renew", { token: await this.options.renew() });
    } catch (error) {
      // The socket will be closed and opened anew with what `auth` gives then.
      console.warn("The sign-in could not be renewed yet.", error);
    }
  }

  /** Sends what needs no answer: a sign that came too late is worth nothing. */
  private quietly<Name extends "typing" | "mark_read" | "mark_delivered">(name: Name, body: Commands[Name]["body"]): void {
    if (this.socket.state.name !== "online") return;
    this.socket.send(name, body).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }
}
