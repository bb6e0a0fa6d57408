import type {
  AuthExpiring,
  DeliveredEvent,
  DurableEvent,
  DurableEvents,
  Events,
  Heads,
  Offer,
  OfferWithdrawn,
  PresenceEvent,
  QueuePosition,
  ReadEvent,
  ReconnectSoon,
  Thread,
  TypingEvent,
} from "./generated/protocol.ts";
import { identity, type ConversationLog } from "./log.ts";
import { SHOWN_MS } from "./typing.ts";

export type Listener<Name extends keyof Events> = (
  event: Name extends keyof DurableEvents ? DurableEvents[Name] : Events[Name],
  isLive: boolean,
) => void;

export interface FeedOptions {
  readonly onGap: (conversation: string, thread: Thread) => void;
  readonly onApplied: (log: ConversationLog) => void;
  readonly onReconnectSoon: (inMs: number) => void;
  readonly onAuthExpiring: () => void;
}

/** The part of a client that the feed fills. */
export interface Known {
  readonly offers: Map<string, Offer>;
  readonly presence: Map<string, PresenceEvent>;
  log(id: string): ConversationLog;
  catchUp(log: ConversationLog): void;
  changed(): void;
}

/** Puts what the server tells where it belongs in a client. */
export class Feed {
  private readonly client: Known;
  private readonly options: FeedOptions;
  private readonly listeners = new Map<string, Set<Listener<never>>>();
  private readonly forgetting = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly passing: Record<string, (body: never) => void>;

  constructor(client: Known, options: FeedOptions) {
    this.client = client;
    this.options = options;
    this.passing = {
      typing: (event: TypingEvent) => this.typing(event),
      read: (event: ReadEvent) => this.read(event),
      delivered: (event: DeliveredEvent) => this.delivered(event),
      queue_position: (event: QueuePosition) => client.log(event.conversation).placed(event),
      offer: (event: Offer) => void client.offers.set(event.conversation, event),
      offer_withdrawn: (event: OfferWithdrawn) => this.withdrawn(event),
      presence: (event: PresenceEvent) => void client.presence.set(event.agent.id, event),
      heads: (event: Record<string, Heads>) => this.heads(event),
      reconnect_soon: (event: ReconnectSoon) => options.onReconnectSoon(event.in_ms),
      auth_expiring: (_event: AuthExpiring) => options.onAuthExpiring(),
    };
  }

  on<Name extends keyof Events>(name: Name, listener: Listener<Name>): () => void {
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners.add(listener as Listener<never>));
    return () => listeners.delete(listener as Listener<never>);
  }

  /** Takes whatever arrived on the socket; names of later versions are left alone. */
  take(name: string, body: unknown): void {
    const passing = this.passing[name];
    if (passing !== undefined) {
      passing(body as never);
      this.tell(name, body, true);
    } else if (isDurable(body)) {
      this.durable({ ...body, type: name } as DurableEvent, true);
    } else {
      // Nothing of the client's own follows from it; whoever asked to hear of it does.
      this.tell(name, body, true);
    }
    this.client.changed();
  }

  /** Takes a durable event, live or caught up on. */
  durable(event: DurableEvent, isLive: boolean): void {
    const log = this.client.log(event.conversation);
    log.unreadable = false;
    const received = log.receive(event);
    if (received === "gap" && isLive) this.options.onGap(log.id, event.thread);
    if (received !== "applied") return;
    if (event.type === "agent_assigned") this.client.offers.delete(log.id);
    this.options.onApplied(log);
    this.tell(event.type, event, isLive);
    this.client.changed();
  }

  private tell(name: string, body: unknown, isLive: boolean): void {
    for (const listener of this.listeners.get(name) ?? []) listener(body as never, isLive);
  }

  private typing(event: TypingEvent): void {
    const log = this.client.log(event.conversation);
    log.hears(event);
    const name = `${log.id} ${identity(event.by)}`;
    clearTimeout(this.forgetting.get(name));
    const forget = (): void => {
      log.hears({ ...event, on: false });
      this.client.changed();
    };
    if (event.on) this.forgetting.set(name, setTimeout(forget, SHOWN_MS));
  }

  private read({ conversation, seq, by }: ReadEvent): void {
    if (by.role === "user" || by.role === "agent") this.client.log(conversation).sawUpTo(by.role, seq);
  }

  private delivered({ conversation, seq, by }: DeliveredEvent): void {
    if (by.role === "user" || by.role === "agent") this.client.log(conversation).arrivedUpTo(by.role, seq);
  }

  private withdrawn(event: OfferWithdrawn): void {
    const offer = this.client.offers.get(event.conversation);
    if (offer !== undefined && offer.epoch <= event.epoch) this.client.offers.delete(event.conversation);
  }

  private heads(heads: Record<string, Heads>): void {
    for (const [id, reached] of Object.entries(heads)) {
      const log = this.client.log(id);
      log.reach(reached);
      this.client.catchUp(log);
    }
  }
}

function isDurable(body: unknown): body is { seq: number; thread: Thread; conversation: string } {
  return typeof body === "object" && body !== null && "seq" in body && "thread" in body;
}
