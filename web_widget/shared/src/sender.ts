import { backoffMs } from "./backoff.ts";
import type { Posted, Started } from "./generated/protocol.ts";
import type { ConversationLog } from "./log.ts";
import {
  addressed,
  changed,
  discarded,
  due,
  failed,
  NEW,
  retried,
  uploaded,
  withoutSeen,
  type Outgoing,
  type OutgoingFile,
} from "./outbox.ts";
import { mayPass, Refusal } from "./refusal.ts";
import type { Keepsake } from "./storage.ts";

/** Where the bytes of outgoing files are, and how they get to the server. */
export interface Files {
  /** Sends a file and gives the server's id; `tell` hears the part done, from 0 to 1. Raises `Refusal`. */
  upload(conversation: string, file: OutgoingFile, tell: (part: number) => void, signal: AbortSignal): Promise<string>;
  /** Lets go of the bytes. */
  drop(file: OutgoingFile): void;
}

export interface SenderOptions {
  readonly keepsake: Keepsake;
  readonly isOnline: () => boolean;
  readonly start: (item: Outgoing) => Promise<Started>;
  readonly post: (item: Outgoing) => Promise<Posted>;
  readonly files: Files | undefined;
  readonly onStarted: (started: Started) => void;
  readonly onChange: () => void;
}

/** Sends what was written, in order, until the server has it; survives reloads. */
export class Sender {
  private readonly options: SenderOptions;
  private readonly underWay = new Set<string>();
  private readonly pauses = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly attempts = new Map<string, number>();
  private readonly aborts = new Map<string, AbortController>();
  private list: readonly Outgoing[];
  /** How far each file under way is, from 0 to 1, by its id. */
  readonly progress = new Map<string, number>();

  constructor(options: SenderOptions) {
    this.options = options;
    this.list = options.keepsake.outgoing().filter((item) => item.state !== "sent");
  }

  get items(): readonly Outgoing[] {
    return this.list;
  }

  /** Takes something written; it is stored before this returns. */
  add(item: Omit<Outgoing, "order" | "state">): void {
    const order = Math.max(Date.now(), ...this.list.map((one) => one.order + 1));
    this.become([...this.list, { ...item, order, state: "sending" }]);
    this.pump();
  }

  /** Tries a failed item again. */
  retry(key: string): void {
    this.become(retried(this.list, key));
    this.pump();
  }

  /** Throws away an item that failed, or whose files are still under way. */
  discard(key: string): void {
    const item = this.list.find((one) => one.key === key);
    this.become(discarded(this.list, key));
    this.aborts.get(key)?.abort();
    for (const file of item?.files ?? []) this.options.files?.drop(file);
    this.pump();
  }

  /** Lets go of what the log shows by now. */
  seen(log: ConversationLog): void {
    const done = new Set(log.keys);
    for (const { key, lane, seq } of this.list) {
      if (lane === log.id && seq !== undefined && seq <= log.view.last.public) done.add(key);
    }
    const left = withoutSeen(this.list, done);
    if (left.length < this.list.length) this.become(left);
  }

  /** A new link: no reason to sit out the pauses of the old one. */
  hurry(): void {
    for (const timer of this.pauses.values()) clearTimeout(timer);
    for (const lane of this.pauses.keys()) this.underWay.delete(lane);
    this.pauses.clear();
    this.attempts.clear();
    this.pump();
  }

  /** Sends what can be sent now. */
  pump(): void {
    if (!this.options.isOnline()) return;
    for (const item of due(this.list, this.underWay)) void this.send(item);
  }

  private async send(item: Outgoing): Promise<void> {
    this.underWay.add(item.lane);
    try {
      if (item.kind === "start") this.started(item, await this.options.start(item));
      else await this.deliver(item);
      this.attempts.delete(item.lane);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (mayPass(error)) return this.pause(item.lane, error.retryAfterMs ?? 0);
      this.become(failed(this.list, item.key, error.code));
    }
    this.underWay.delete(item.lane);
    this.pump();
  }

  private async deliver(item: Outgoing): Promise<void> {
    for (const file of item.files ?? []) if (file.remote === undefined) await this.upload(item, file);
    const whole = this.list.find((one) => one.key === item.key);
    // Thrown away while its files were under way.
    if (whole === undefined) return;
    this.posted(whole, await this.options.post(whole));
    for (const file of whole.files ?? []) this.options.files?.drop(file);
  }

  private async upload(item: Outgoing, file: OutgoingFile): Promise<void> {
    const { files } = this.options;
    if (files === undefined || !this.list.some((one) => one.key === item.key)) return;
    const abort = new AbortController();
    this.aborts.set(item.key, abort);
    const tell = (part: number): void => {
      this.progress.set(file.id, part);
      this.options.onChange();
    };
    try {
      const remote = await files.upload(item.lane, file, tell, abort.signal);
      this.become(uploaded(this.list, item.key, file.id, remote));
    } finally {
      this.aborts.delete(item.key);
      this.progress.delete(file.id);
    }
  }

  private started(item: Outgoing, started: Started): void {
    // The text of the start is an event of its own and shows up by itself.
    const rest = item.text === "" ? this.list.filter((one) => one.key !== item.key) : this.list;
    const sent = changed(rest, item.key, { state: "sent" });
    this.become(addressed(sent, started.conversation.id));
    this.options.onStarted(started);
  }

  private posted(item: Outgoing, { seq }: Posted): void {
    const isPublic = item.kind === "message";
    this.become(changed(this.list, item.key, { state: "sent", ...(isPublic && { seq }) }));
  }

  private pause(lane: string, atLeastMs: number): void {
    const attempt = this.attempts.get(lane) ?? 0;
    this.attempts.set(lane, attempt + 1);
    const resume = (): void => {
      this.pauses.delete(lane);
      this.underWay.delete(lane);
      this.pump();
    };
    const pauseMs = Math.max(atLeastMs, backoffMs(attempt, Math.random()));
    this.pauses.set(lane, setTimeout(resume, pauseMs));
  }

  private become(items: readonly Outgoing[]): void {
    this.options.keepsake.keepOutgoing(this.list, items);
    this.list = items;
    this.options.onChange();
  }
}

export { NEW };
