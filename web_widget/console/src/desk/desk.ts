/** The agent's desk: the chat client, what is chosen on screen, and what an agent can do. */
import { ChatClient, Refusal, type ConversationLog, type ErrorCode, type Outgoing } from "@chatserver/shared";
import { Api } from "../api.ts";
import type { Credentials, Profile } from "../auth/credentials.ts";
import { HttpRefusal } from "../http.ts";
import { sectionsOf, type Sections } from "../lists/sections.ts";
import { Catalog } from "./catalog.ts";
import { Drafts } from "./drafts.ts";
import { Presence } from "./presence.ts";
import { Rows, type Row } from "./rows.ts";
import { Signals } from "./signals.ts";
import { Watch } from "./watch.ts";

export type Pane = "desk" | "search";
export type Mode = "reply" | "note";
export type Dialog = "handOff" | "transfer" | "close" | "join" | "keys";

/** Something to tell about one conversation until it is dismissed or the next thing is told. */
export interface Notice {
  readonly conversation: string;
  readonly text: "refused" | "done" | "failed";
  readonly code?: ErrorCode;
  readonly action?: Action;
  readonly tier?: number;
}

export type Action = "handed_off" | "taken_back" | "transferred" | "closed" | "reopened" | "joined" | "left";

/** Refusals after which the text has to be changed or cannot be sent at all: it goes back into the box. */
const GIVEN_BACK: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["not_assigned", "closed", "forbidden"]);
/** As many as the list shows. */
const CLOSED_LOADED = 12;

export class Desk {
  readonly me: Profile;
  readonly client: ChatClient;
  readonly api: Api;
  readonly drafts: Drafts;
  readonly presence: Presence;
  readonly catalog: Catalog;
  readonly rows: Rows;
  readonly signals: Signals;
  selected: string | null = null;
  pane: Pane = "desk";
  dialog: Dialog | null = null;
  notice: Notice | null = null;
  /** Where there is room beside the conversation; elsewhere it would cover it. */
  showsDetails = window.matchMedia("(min-width: 1121px)").matches;
  readonly #modes = new Map<string, Mode>();
  readonly #watch: Watch;
  #wasOnline = false;

  constructor(credentials: Credentials) {
    this.me = credentials.agent;
    this.api = new Api(credentials);
    this.client = new ChatClient({
      scope: `agent.${this.me.id}`,
      auth: async (fresh) => ({ as: "agent", token: await (fresh ? credentials.renew() : credentials.access()) }),
      renew: () => credentials.forSocket(),
    });
    const onChange = (): void => this.client.changed();
    this.drafts = new Drafts(this.client.keepsake, onChange);
    this.presence = new Presence(this.client, this.api, this.me.id, sessionStorage);
    this.catalog = new Catalog(this.api, onChange);
    this.rows = new Rows(this.client);
    this.signals = new Signals(this);
    this.#watch = new Watch(this);
    if (this.isAuditor) this.pane = "search";
  }

  /** Connects; returns how to stop. */
  start(): () => void {
    const unsubscribe = this.client.subscribe(() => this.#changed());
    this.client.start();
    this.#quietly(this.catalog.loadTopics());
    return () => {
      unsubscribe();
      this.#watch.stop();
      this.signals.stop();
      this.client.stop();
    };
  }

  get isAuditor(): boolean {
    return this.me.role === "auditor";
  }

  get isSupervisor(): boolean {
    return this.me.role === "supervisor";
  }

  get sections(): Sections<Row> {
    return sectionsOf(this.rows.all(), this.me.id);
  }

  /** The conversations in the order in which the lists show them. */
  get order(): string[] {
    const { mine, joined, handedOff, closed } = this.sections;
    return [...mine, ...joined, ...handedOff, ...closed].map(({ id }) => id);
  }

  get now(): number {
    return Date.now() + this.client.clockOffsetMs;
  }

  row(id: string): Row {
    return this.rows.of(this.client.log(id));
  }

  /** Whether this agent may write in it: as its agent, or beside the agent. */
  mayWrite({ status, agentId, supervisors }: Row): boolean {
    const isOwner = status === "active" && agentId === this.me.id;
    return isOwner || (status !== "closed" && supervisors.includes(this.me.id));
  }

  select(id: string | null): void {
    this.selected = id;
    if (this.notice?.conversation !== id) this.notice = null;
    if (id !== null) this.#watch.look(id);
    this.client.changed();
  }

  show(change: Partial<Pick<Desk, "pane" | "dialog" | "notice" | "showsDetails">>): void {
    Object.assign(this, change);
    this.client.changed();
  }

  mode(conversation: string): Mode {
    return this.#modes.get(conversation) ?? "reply";
  }

  setMode(conversation: string, mode: Mode): void {
    this.#modes.set(conversation, mode);
    this.client.changed();
  }

  /** Sends what is in the box. */
  write(conversation: string, mode: Mode, text: string): void {
    if (mode === "note") this.client.note(conversation, text);
    else this.client.say(conversation, text);
    this.drafts.set(conversation, mode, "");
    if (this.notice?.conversation === conversation) this.notice = null;
  }

  /**
   * Does something with a conversation and says that it was done. Returns why not, or null; with `quiet` the
   * caller shows it, else it stands above the conversation.
   */
  async act(conversation: string, action: Action, work: () => Promise<unknown>, quiet = false): Promise<ErrorCode | null> {
    try {
      await work();
    } catch (failure) {
      if (!(failure instanceof Refusal)) throw failure;
      if (failure.code === "conflict" || failure.code === "not_assigned") this.#watch.look(conversation);
      if (!quiet) this.show({ notice: { conversation, text: "failed", code: failure.code } });
      return failure.code;
    }
    const { tier } = this.row(conversation);
    this.show({ notice: { conversation, text: "done", action, tier }, dialog: null });
    return null;
  }

  async accept(conversation: string, epoch: number): Promise<void> {
    try {
      await this.client.command("accept_offer", { conversation, epoch });
      this.select(conversation);
    } catch (failure) {
      this.#offerFailed(conversation, failure);
    }
  }

  async decline(conversation: string, epoch: number): Promise<void> {
    this.client.offers.delete(conversation);
    this.client.changed();
    try {
      await this.client.command("decline_offer", { conversation, epoch });
    } catch (failure) {
      this.#offerFailed(conversation, failure);
    }
  }

  #offerFailed(conversation: string, failure: unknown): void {
    if (!(failure instanceof Refusal)) throw failure;
    if (failure.code === "offer_expired") this.client.offers.delete(conversation);
    this.show({ notice: { conversation, text: "failed", code: failure.code } });
  }

  #changed(): void {
    const isOnline = this.client.link.name === "online";
    if (isOnline && !this.#wasOnline) this.#quietly(this.#resume());
    this.#wasOnline = isOnline;
    for (const log of this.client.conversations.values()) this.#takeBackTexts(log);
    this.#watch.keep();
    this.signals.look();
  }

  /** After every connect: one's own state, the colleagues, and what ended lately. */
  async #resume(): Promise<void> {
    if (this.isAuditor) return this.catalog.refresh();
    this.catalog.take(await this.presence.resume());
    const { conversations } = await this.api.search({ status: "closed", limit: CLOSED_LOADED });
    for (const found of conversations) this.client.follow(found);
  }

  /** Texts that the server refused for good go back into the box, and the reason is told. */
  #takeBackTexts(log: ConversationLog): void {
    const refused = this.client.outgoing(log.id).filter(isGivenBack);
    for (const { key, kind, text, error } of refused.reverse()) {
      this.client.discard(key);
      this.drafts.giveBack(log.id, kind === "note" ? "note" : "reply", text);
      this.notice = { conversation: log.id, text: "refused", ...(error !== undefined && { code: error }) };
    }
    if (refused.some(({ error }) => error === "not_assigned" || error === "closed")) this.#watch.look(log.id);
  }

  /** Work in the background: what could not be loaded now is loaded after the next connect. */
  #quietly(work: Promise<unknown>): void {
    work.catch((failure: unknown) => {
      if (!(failure instanceof HttpRefusal)) throw failure;
      console.warn("The desk could not load everything yet.", failure.error.code);
    });
  }
}

function isGivenBack({ state, error }: Outgoing): boolean {
  return state === "failed" && error !== undefined && GIVEN_BACK.has(error);
}
