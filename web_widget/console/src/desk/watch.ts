import { Refusal, type Conversation } from "@chatserver/shared";
import { HttpRefusal } from "../http.ts";
import type { Desk } from "./desk.ts";

/** How often a conversation is looked at that the server does not tell this agent about. */
const EVERY_MS = 4_000;

/** Keeps the conversation on screen current where this agent only reads: searched, watched, handed off, lost. */
export class Watch {
  readonly #desk: Desk;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Looks after the conversation on screen: one that this agent no longer takes part in is asked about from time to time. */
  keep(): void {
    const id = this.#desk.selected;
    if (id !== null && this.#timer === undefined && this.#isUntold(id)) this.#later(id);
  }

  /** Asks how a conversation stands now and, while it is on screen and told of by nobody, again later. */
  look(id: string): void {
    this.stop();
    this.#read(id).catch((failure: unknown) => {
      if (!(failure instanceof HttpRefusal) && !(failure instanceof Refusal)) throw failure;
      this.#failed(id, failure);
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #read(id: string): Promise<void> {
    const { api, client } = this.#desk;
    const found = await api.conversation(id);
    if (this.#desk.isAuditor) await this.#readOverHttp(found);
    else client.follow(found);
    this.#later(id);
  }

  /** Auditors may not send commands; they read what everybody can read over HTTP. */
  async #readOverHttp(found: Conversation): Promise<void> {
    const { api, client } = this.#desk;
    const log = client.log(found.id);
    for (const thread of ["public", "internal"] as const) {
      for (const event of await api.events(found.id, thread)) log.receive(event);
    }
    log.describe(found);
    client.changed();
  }

  #failed(id: string, failure: HttpRefusal | Refusal): void {
    if (failure instanceof HttpRefusal && failure.error.code === "not_found") {
      this.#desk.client.log(id).unreadable = true;
      this.#desk.client.changed();
    } else {
      this.#later(id);
    }
  }

  #later(id: string): void {
    this.stop();
    if (this.#isUntold(id)) this.#timer = setTimeout(() => this.look(id), EVERY_MS);
  }

  #isUntold(id: string): boolean {
    const desk = this.#desk;
    const row = desk.row(id);
    const isTold = desk.mayWrite(row) || row.isWatched || row.consultants.includes(desk.me.id);
    return desk.selected === id && !row.log.unreadable && row.status !== "closed" && !isTold;
  }
}
