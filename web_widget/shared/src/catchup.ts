import { backoffMs } from "./backoff.ts";
import type { Commands, DurableEvent, SyncPage, Thread } from "./generated/protocol.ts";
import type { ConversationLog } from "./log.ts";
import { Pauses } from "./pauses.ts";
import { mayPass, Refusal } from "./refusal.ts";

export interface CatchUpOptions {
  readonly log: (id: string) => ConversationLog | undefined;
  readonly sync: (body: Commands["sync"]["body"]) => Promise<SyncPage>;
  readonly onEvent: (event: DurableEvent) => void;
}

interface Want {
  readonly id: string;
  readonly thread: Thread;
}

/** Reads what is missing, one page at a time for the whole socket, so that a return is no stampede. */
export class CatchUp {
  private readonly options: CatchUpOptions;
  private wanted: Want[] = [];
  private busy = false;
  private failures = 0;
  private readonly pauses = new Pauses();

  constructor(options: CatchUpOptions) {
    this.options = options;
  }

  /** Reads a thread from its last known number to its head, after what was asked for before. */
  want(id: string, thread: Thread): void {
    if (this.wanted.some((one) => one.id === id && one.thread === thread)) return;
    this.wanted.push({ id, thread });
    void this.run();
  }

  /** Forgets what was asked for, and why it had to wait: a new link asks anew. */
  reset(): void {
    this.wanted = [];
    this.failures = 0;
    this.pauses.wakeAll();
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let want = this.wanted[0]; want !== undefined; want = this.wanted[0]) {
        const isDone = await this.page(want);
        if (isDone) this.wanted = this.wanted.filter((one) => one !== want);
      }
    } finally {
      this.busy = false;
    }
  }

  /** Reads one page; true when there is nothing more to read. */
  private async page({ id, thread }: Want): Promise<boolean> {
    const log = this.options.log(id);
    if (log === undefined) return true;
    const after = log.view.last[thread];
    try {
      const page = await this.options.sync({ conversation: id, thread, after });
      this.failures = 0;
      return this.take(log, thread, page);
    } catch (error) {
      return this.failed(log, error);
    }
  }

  private take(log: ConversationLog, thread: Thread, page: SyncPage): boolean {
    for (const event of page.events) this.options.onEvent(event);
    log.reach({ [thread]: page.last });
    return page.events.length === 0 || !log.isBehind(thread);
  }

  private async failed(log: ConversationLog, error: unknown): Promise<boolean> {
    if (!(error instanceof Refusal)) throw error;
    if (!mayPass(error)) {
      log.unreadable = true;
      return true;
    }
    const pauseMs = Math.max(error.retryAfterMs ?? 0, backoffMs(this.failures, Math.random()));
    this.failures += 1;
    await this.pauses.wait(pauseMs);
    return false;
  }
}
