import type { HeldText } from "@chatserver/shared";
import type { Desk } from "./desk.ts";

/** Texts of agents that were stopped, and wait for a second person to release or refuse them. */
export class Held {
  waiting: readonly HeldText[] = [];
  /** What this person wrote last that was stopped, by conversation: it lies in the box again. */
  readonly #own = new Map<string, string>();
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
    if (desk.isSupervisor) desk.client.on("text_held", () => desk.quietly(this.load()));
    desk.client.on("text_decided", ({ id, conversation, released, author }) => {
      this.waiting = this.waiting.filter((one) => one.id !== id);
      if (author.id === desk.me.id) this.#told(conversation, released);
      desk.client.changed();
    });
  }

  /** How many wait for this person; nobody decides their own. */
  get count(): number {
    const { me, now } = this.#desk;
    return this.waiting.filter(({ author, expires_at: end }) => author.id !== me.id && end > now).length;
  }

  /** What waits now; raises `HttpRefusal`. */
  async load(): Promise<void> {
    this.waiting = (await this.#desk.api.get<{ held: HeldText[] }>("held")).held;
    this.#desk.client.changed();
  }

  /** A text of one's own came back into the box. */
  stopped(conversation: string, text: string): void {
    this.#own.set(conversation, text);
  }

  #told(conversation: string, released: boolean): void {
    const { drafts } = this.#desk;
    const text = this.#own.get(conversation);
    this.#own.delete(conversation);
    // It was said by now: whoever sends what is in the box would say it twice.
    if (released && text !== undefined && drafts.get(conversation, "reply") === text) drafts.replace(conversation, "reply", "");
    this.#desk.notice = { conversation, text: released ? "released" : "rejected" };
  }
}
