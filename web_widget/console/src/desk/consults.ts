import type { Consult, ConsultList } from "@chatserver/shared";
import type { Desk } from "./desk.ts";

/** What the lists show of a question. */
export type Question = Pick<Consult, "conversation" | "by" | "text">;

/** Questions from the other tier that wait for somebody to come. */
export class Consults {
  readonly open = new Map<string, Question>();
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
    desk.client.on("consult", ({ conversation, by, text = "", open }) => {
      if (!open || by === undefined) this.open.delete(conversation);
      else if (by.id !== desk.me.id) this.open.set(conversation, { conversation, by, text });
    });
  }

  /** What was asked while this console was away; raises `HttpRefusal`. */
  async load(): Promise<void> {
    const { consults } = await this.#desk.api.get<ConsultList>("consults");
    this.open.clear();
    for (const one of consults) if (one.by.id !== this.#desk.me.id) this.open.set(one.conversation, one);
    this.#desk.client.changed();
  }

  /** Comes to help; both threads can be read from then on. */
  async join(conversation: string): Promise<void> {
    const { acts, client } = this.#desk;
    const refused = await acts.do(conversation, "helping", () => client.command("join_consult", { conversation }));
    // Before that it could not be read.
    if (refused === null) this.#desk.select(conversation);
    if (refused === null || refused === "conflict" || refused === "closed" || refused === "not_found") this.open.delete(conversation);
    this.#desk.draw();
  }
}
