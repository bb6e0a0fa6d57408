/** The agent's desk: the chat client, what is chosen on screen, and what stands where. */
import { ChatClient, type ErrorCode, type Profile } from "@chatserver/shared";
import { Api } from "../api.ts";
import type { Credentials } from "../auth/credentials.ts";
import { Courier } from "../files/courier.ts";
import { Trays } from "../files/trays.ts";
import { HttpRefusal } from "../http.ts";
import { sectionsOf, type Sections } from "../lists/sections.ts";
import { Shelf } from "../replies/shelf.ts";
import { Acts, type Action } from "./acts.ts";
import { Consults } from "./consults.ts";
import { Catalog } from "./catalog.ts";
import { Drafts } from "./drafts.ts";
import { Frames, Seconds } from "./frames.ts";
import { Held } from "./held.ts";
import { hashOf, placeOf, type Area, type Place } from "./place.ts";
import { Presence } from "./presence.ts";
import { Rows, type Row } from "./rows.ts";
import { Settings } from "./settings.ts";
import { Signals } from "./signals.ts";
import { Viewers } from "./viewers.ts";
import { Watch } from "./watch.ts";

export type Pane = "desk" | "queue" | "closed" | "search";
export type Mode = "reply" | "note" | "whisper";
export type Dialog =
  | "handOff"
  | "transfer"
  | "close"
  | "join"
  | "consult"
  | "watch"
  | "reassign"
  | "move"
  | "forceClose"
  | "forceOffline"
  | "keys"
  | "palette"
  | "security"
  | "settings";

/** Something to tell about one conversation until it is dismissed or the next thing is told. */
export interface Notice {
  readonly conversation: string;
  readonly text: "refused" | "done" | "failed" | "released" | "rejected";
  readonly code?: ErrorCode;
  readonly action?: Action;
  readonly tier?: number;
}

type Shown = Pick<Desk, "pane" | "dialog" | "about" | "notice" | "showsDetails">;

/** As many closed ones as the list shows. */
const CLOSED_LOADED = 12;

export class Desk {
  readonly credentials: Credentials;
  readonly me: Profile;
  readonly client: ChatClient;
  readonly api: Api;
  readonly drafts: Drafts;
  readonly presence: Presence;
  readonly catalog: Catalog;
  readonly courier: Courier;
  readonly trays: Trays;
  readonly shelf: Shelf;
  readonly rows: Rows;
  readonly settings: Settings;
  readonly signals: Signals;
  readonly acts: Acts;
  readonly watch: Watch;
  readonly viewers: Viewers;
  readonly consults: Consults;
  readonly held: Held;
  /** When views look again. */
  readonly frames = new Frames();
  readonly seconds = new Seconds();
  place: Place;
  pane: Pane = "desk";
  /** What is searched for; it stays while one looks at what was found. */
  query = "";
  dialog: Dialog | null = null;
  /** The conversation or agent that the dialog is about; null for the conversation on screen. */
  about: string | null = null;
  notice: Notice | null = null;
  /** Where there is room beside the conversation; elsewhere it would cover it. */
  showsDetails = window.matchMedia("(min-width: 1121px)").matches;
  readonly #modes = new Map<string, Mode>();
  #wasOnline = false;
  #sections: { version: number; sections: Sections<Row> } | null = null;

  constructor(credentials: Credentials) {
    this.credentials = credentials;
    this.me = credentials.agent;
    this.api = new Api(credentials);
    this.courier = new Courier(this.api, (conversation, file) => {
      const item = this.client.outgoing(conversation).find(({ files = [] }) => files.some(({ id }) => id === file.id));
      return item?.kind === "note" ? "internal" : "public";
    });
    this.client = new ChatClient({
      scope: `agent.${this.me.id}`,
      auth: async (fresh) => ({ as: "agent", token: await (fresh ? credentials.renew() : credentials.access()) }),
      renew: () => credentials.forSocket(),
      files: this.courier,
    });
    const onChange = (): void => this.client.changed();
    this.place = placeOf(location.hash, this.me.role);
    this.drafts = new Drafts(this.client.keepsake, onChange);
    this.trays = new Trays(this.client.keepsake, this.courier, onChange);
    this.shelf = new Shelf(this.api, onChange);
    this.presence = new Presence(this.client, this.api, this.me.id, sessionStorage);
    this.catalog = new Catalog(this.api, onChange);
    this.rows = new Rows(this.client);
    this.settings = new Settings(this.client.keepsake, onChange);
    this.signals = new Signals(this);
    this.acts = new Acts(this);
    this.watch = new Watch(this);
    this.viewers = new Viewers(this);
    this.consults = new Consults(this);
    this.held = new Held(this);
    if (this.isAuditor) this.pane = "search";
  }

  /** Connects; returns how to stop. */
  start(): () => void {
    const unsubscribe = this.client.subscribe(() => this.#changed());
    const onHash = (): void => this.go(placeOf(location.hash, this.me.role));
    window.addEventListener("hashchange", onHash);
    this.client.start();
    this.quietly(this.catalog.loadTopics());
    if (this.selected !== null) this.watch.look(this.selected);
    return () => {
      unsubscribe();
      window.removeEventListener("hashchange", onHash);
      this.watch.stop();
      this.signals.stop();
      this.client.stop();
      this.frames.stop();
    };
  }

  get isAuditor(): boolean {
    return this.me.role === "auditor";
  }

  get isSupervisor(): boolean {
    return this.me.role === "supervisor";
  }

  /** Whether this person takes conversations at all. */
  get serves(): boolean {
    return this.me.role === "agent" || this.isSupervisor;
  }

  /** The conversation on screen. */
  get selected(): string | null {
    return this.place.area === "chats" ? this.place.at : null;
  }

  get sections(): Sections<Row> {
    const { version } = this.client;
    if (this.#sections?.version !== version) {
      this.#sections = { version, sections: sectionsOf(this.rows.all(), this.me.id) };
    }
    return this.#sections.sections;
  }

  /** The conversations in the order in which the lists show them. */
  get order(): string[] {
    const { mine, joined, helping, watched, handedOff, closed } = this.sections;
    return [...mine, ...joined, ...helping, ...watched, ...handedOff, ...closed].map(({ id }) => id);
  }

  get now(): number {
    return Date.now() + this.client.clockOffsetMs;
  }

  row(id: string): Row {
    return this.rows.of(this.client.log(id));
  }

  /** What this person may write in it: as its agent, beside the agent, or as a colleague who helps. */
  modesOf({ status, agentId, supervisors, consultants }: Row): readonly Mode[] {
    if (status === "closed") return [];
    const isOwner = status === "active" && agentId === this.me.id;
    if (isOwner) return ["reply", "note"];
    const whisper: Mode[] = this.isSupervisor && status === "active" ? ["whisper"] : [];
    if (supervisors.includes(this.me.id)) return ["reply", "note", ...whisper];
    return consultants.includes(this.me.id) ? ["note"] : whisper;
  }

  /** Whether this person answers the user in it, so that what they see is read. */
  mayWrite(row: Row): boolean {
    return this.modesOf(row).includes("reply");
  }

  select(id: string | null): void {
    this.go({ area: "chats", at: id });
  }

  /** Opens an area, at the place where it was left or at one within it. */
  open(area: Area): void {
    if (this.place.area !== area) this.go({ area, at: null });
  }

  go(place: Place): void {
    const isElsewhere = hashOf(place) !== hashOf(this.place);
    this.place = place;
    if (isElsewhere) history.replaceState(null, "", hashOf(place));
    if (this.notice?.conversation !== this.selected) this.notice = null;
    if (this.selected !== null) this.watch.look(this.selected);
    this.draw();
  }

  show(change: Partial<Shown>): void {
    Object.assign(this, change);
    if (this.dialog === null) this.about = null;
    this.draw();
  }

  /** Opens a dialog about a conversation or an agent that need not be on screen. */
  ask(dialog: Dialog, about: string): void {
    this.show({ dialog, about });
  }

  search(query: string): void {
    this.query = query;
    this.draw();
  }

  /** What the person at the desk did is seen at once, not in the next frame. */
  draw(): void {
    this.client.changed();
    this.frames.now();
  }

  /** What the box of a conversation writes; null where nothing can be written. */
  mode(row: Row): Mode | null {
    const modes = this.modesOf(row);
    const chosen = this.#modes.get(row.id);
    return chosen !== undefined && modes.includes(chosen) ? chosen : (modes[0] ?? null);
  }

  setMode(conversation: string, mode: Mode): void {
    this.#modes.set(conversation, mode);
    this.draw();
  }

  /** Work in the background: what could not be loaded now is loaded after the next connect. */
  quietly(work: Promise<unknown>): void {
    work.catch((failure: unknown) => {
      if (!(failure instanceof HttpRefusal)) throw failure;
      console.warn("The desk could not load everything yet.", failure.error.code);
    });
  }

  #changed(): void {
    const isOnline = this.client.link.name === "online";
    if (isOnline && !this.#wasOnline) this.quietly(this.#resume());
    this.#wasOnline = isOnline;
    this.acts.takeBackTexts();
    this.watch.keep();
    this.signals.look();
    this.frames.ask();
  }

  /** After every connect: one's own state, the colleagues, and what ended lately. */
  async #resume(): Promise<void> {
    if (!this.serves) return this.me.role === "admin" ? undefined : this.catalog.refresh();
    this.quietly(this.catalog.loadWords());
    this.quietly(this.consults.load());
    if (this.isSupervisor) this.quietly(this.held.load());
    this.catalog.take(await this.presence.resume());
    const { conversations } = await this.api.search({ status: "closed", limit: CLOSED_LOADED });
    for (const found of conversations) this.client.follow(found);
  }
}
