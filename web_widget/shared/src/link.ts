import { backoffMs } from "./backoff.ts";
import {
  PROTOCOL,
  type Commands,
  type ErrorCode,
  type Reply,
  type Welcome,
} from "./generated/protocol.ts";
import { Refusal, silence } from "./refusal.ts";
import { Wire } from "./wire.ts";

/** What a client shows to be let in. */
export interface Auth {
  readonly as: "user" | "agent";
  readonly token?: string;
  readonly visitor?: string;
  readonly locale?: string;
}

/** `refused` is final until `start` is called again; `offline` tries again at `retryAt`. */
export type LinkState =
  | { readonly name: "idle" }
  | { readonly name: "connecting" }
  | { readonly name: "online" }
  | { readonly name: "offline"; readonly retryAt: number }
  | { readonly name: "refused"; readonly code: ErrorCode };

export interface LinkOptions {
  /** Address of the server; the page's own by default. */
  readonly url?: string;
  /** Asked at every connect; `fresh` when the last answer was refused. Null means signed out. */
  readonly auth: (fresh: boolean) => Promise<Auth | null> | Auth | null;
  readonly onState: (state: LinkState) => void;
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onEvent: (name: string, body: unknown) => void;
}

/** The server answers within 5 s, so after 6 s there is no answer. */
const ACK_TIMEOUT_MS = 6_000;
/** From opening the socket to `welcome`; slow phones need several round trips. */
const WELCOME_TIMEOUT_MS = 15_000;
/** A link that lasted this long was good: the next pause starts from one second again. */
const STABLE_MS = 10_000;
/** Refusals that a new attempt can change without a person. */
const PASSING: ReadonlySet<string> = new Set<ErrorCode>(["retry", "rate_limited", "storage"]);

/** One socket to the server that returns by itself: random pauses, fresh credentials. */
export class Link {
  private readonly options: LinkOptions;
  private readonly wire: Wire;
  private now: LinkState = { name: "idle" };
  private attempt = 0;
  private wasRefused = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stable: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkOptions) {
    this.options = options;
    this.wire = new Wire(options.url ?? location.origin, {
      onEvent: (name, body) => {
        if (name === "welcome") this.welcomed(body as Welcome);
        else options.onEvent(name, body);
      },
      onRefused: (code) => this.notLetIn(code),
      onLost: (wasSentAway) => this.lost(wasSentAway),
    });
  }

  get state(): LinkState {
    return this.now;
  }

  /** Opens the link, and keeps it open until `stop`. */
  start(): void {
    if (this.now.name !== "idle" && this.now.name !== "refused") return;
    this.attempt = 0;
    this.wasRefused = false;
    window.addEventListener("online", this.hurry);
    window.addEventListener("offline", this.cut);
    document.addEventListener("visibilitychange", this.hurry);
    void this.open();
  }

  /** Closes the link for good. */
  stop(): void {
    window.removeEventListener("online", this.hurry);
    window.removeEventListener("offline", this.cut);
    document.removeEventListener("visibilitychange", this.hurry);
    this.become({ name: "idle" });
    this.wire.disconnect();
  }

  /** Leaves this connection and takes a new one at once, as the server asks before it stops. */
  renewConnection(): void {
    if (this.now.name !== "online") return;
    this.become({ name: "connecting" });
    this.wire.disconnect();
    void this.open();
  }

  /** Sends a command once; raises `Refusal`, with code `retry` where no answer came. */
  async send<Name extends keyof Commands>(
    name: Name,
    body: Commands[Name]["body"],
  ): Promise<Commands[Name]["result"]> {
    if (this.now.name !== "online") throw silence();
    const reply = (await this.wire.ask(name, body, ACK_TIMEOUT_MS)) as Reply<Commands[Name]["result"]> | null;
    if (reply === null) throw silence();
    if (reply.ok) return reply.result;
    throw new Refusal(reply.error);
  }

  private async open(): Promise<void> {
    this.become({ name: "connecting" });
    let auth: Auth | null;
    try {
      auth = await this.options.auth(this.wasRefused);
    } catch {
      // The host's token service may be as unreachable as the chat.
      return this.later();
    }
    if (this.now.name !== "connecting") return;
    if (auth === null) return this.become({ name: "refused", code: "unauthenticated" });
    this.timer = setTimeout(() => this.giveUp(), WELCOME_TIMEOUT_MS);
    this.wire.connect({ ...auth, protocol: PROTOCOL });
  }

  private welcomed(welcome: Welcome): void {
    this.wasRefused = false;
    this.become({ name: "online" });
    this.stable = setTimeout(() => (this.attempt = 0), STABLE_MS);
    this.options.onWelcome(welcome);
  }

  private giveUp(): void {
    this.later();
    this.wire.disconnect();
  }

  private lost(wasSentAway: boolean): void {
    if (this.now.name !== "online" && this.now.name !== "connecting") return;
    // One window too many: if nobody looks at this one it must not push out another in turn.
    if (wasSentAway && document.visibilityState === "hidden") this.become({ name: "offline", retryAt: Infinity });
    else this.later();
  }

  private notLetIn(code: ErrorCode | undefined): void {
    if (this.now.name !== "connecting") return;
    if (code === undefined || PASSING.has(code)) return this.later();
    if (code === "unauthenticated" && !this.wasRefused) {
      this.wasRefused = true;
      return void this.open();
    }
    this.become({ name: "refused", code });
  }

  private later(): void {
    const pauseMs = backoffMs(this.attempt, Math.random());
    this.attempt += 1;
    this.become({ name: "offline", retryAt: Date.now() + pauseMs });
    this.timer = setTimeout(() => void this.open(), pauseMs);
  }

  /** The network is back, or somebody looks again: no reason to sit out the pause. */
  private readonly hurry = (): void => {
    if (this.now.name === "offline" && document.visibilityState === "visible") void this.open();
  };

  /** The device says that the network is gone: the connection would only find out at its next ping. */
  private readonly cut = (): void => this.wire.cut();

  private become(state: LinkState): void {
    clearTimeout(this.timer);
    clearTimeout(this.stable);
    this.now = state;
    this.options.onState(state);
  }
}
