/** What an agent does with a conversation, and what becomes of it when the server refuses. */
import { Refusal, type ConversationLog, type ErrorCode, type Outgoing } from "@chatserver/shared";
import type { Desk, Mode } from "./desk.ts";
import { quotedIn } from "./quotes.ts";

export type Action = "handed_off" | "taken_back" | "transferred" | "closed" | "reopened" | "joined" | "left" | TeamAct;
export type TeamAct = "watched" | "unwatched" | "reassigned" | "moved" | "set_offline" | "asked" | "helping" | "stopped_helping" | "macro";

/** Refusals after which the text has to be changed or cannot be sent at all: it goes back into the box. */
const GIVEN_BACK: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["not_assigned", "closed", "conflict", "forbidden", "invalid", "too_large"]);

export class Acts {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Sends what is in the box. */
  write(conversation: string, mode: Mode, text: string): void {
    const { client, drafts, trays } = this.#desk;
    const files = mode === "whisper" ? [] : trays.take(conversation, mode);
    const more = files.length > 0 ? { files } : {};
    const quoted = mode === "reply" ? quotedIn(client.log(conversation), this.#desk) : null;
    if (mode === "whisper") client.note(conversation, text, { isWhisper: true });
    else if (mode === "note") client.note(conversation, text, more);
    else client.say(conversation, text, { ...more, ...(quoted !== null && { replyTo: quoted.id }) });
    drafts.set(conversation, mode, "");
    if (mode === "reply") drafts.set(conversation, "quote", "");
    if (this.#desk.notice?.conversation === conversation) this.#desk.notice = null;
    this.#desk.draw();
  }

  /**
   * Does something with a conversation and says that it was done. Returns why not, or null; with `quiet` the
   * caller shows it, else it stands above the conversation.
   */
  async do(conversation: string, action: Action, work: () => Promise<unknown>, quiet = false): Promise<ErrorCode | null> {
    const desk = this.#desk;
    try {
      await work();
    } catch (failure) {
      if (!(failure instanceof Refusal)) throw failure;
      if (failure.code === "conflict" || failure.code === "not_assigned") desk.watch.look(conversation);
      if (!quiet) desk.show({ notice: { conversation, text: "failed", code: failure.code } });
      return failure.code;
    }
    const { tier } = desk.row(conversation);
    desk.show({ notice: { conversation, text: "done", action, tier }, dialog: null });
    return null;
  }

  async accept(conversation: string, epoch: number): Promise<void> {
    try {
      await this.#desk.client.command("accept_offer", { conversation, epoch });
      this.#desk.select(conversation);
    } catch (failure) {
      this.#offerFailed(conversation, failure);
    }
  }

  async decline(conversation: string, epoch: number): Promise<void> {
    const { client } = this.#desk;
    client.offers.delete(conversation);
    this.#desk.draw();
    try {
      await client.command("decline_offer", { conversation, epoch });
    } catch (failure) {
      this.#offerFailed(conversation, failure);
    }
  }

  /** Texts that the server refused for good go back into the box, and the reason is told. */
  takeBackTexts(): void {
    const { client } = this.#desk;
    if (!client.hasFailed) return;
    for (const log of client.conversations.values()) this.#takeBack(log);
  }

  #takeBack(log: ConversationLog): void {
    const desk = this.#desk;
    const refused = desk.client.outgoing(log.id).filter(isGivenBack);
    for (const { key, kind, text, files = [], isWhisper = false, replyTo, error } of refused.reverse()) {
      const mode = isWhisper ? "whisper" : kind === "note" ? "note" : "reply";
      files.forEach((file) => desk.courier.hold(file));
      desk.client.discard(key);
      if (replyTo !== undefined) desk.drafts.set(log.id, "quote", replyTo);
      desk.drafts.giveBack(log.id, mode, text);
      if (mode !== "whisper") desk.trays.add(log.id, mode, files);
      if (error === "forbidden") desk.held.stopped(log.id, text);
      desk.notice = { conversation: log.id, text: "refused", ...(error !== undefined && { code: error }) };
    }
    if (refused.some(({ error }) => error === "not_assigned" || error === "closed")) desk.watch.look(log.id);
  }

  #offerFailed(conversation: string, failure: unknown): void {
    if (!(failure instanceof Refusal)) throw failure;
    if (failure.code === "offer_expired") this.#desk.client.offers.delete(conversation);
    this.#desk.show({ notice: { conversation, text: "failed", code: failure.code } });
  }
}

function isGivenBack({ state, error }: Outgoing): boolean {
  return state === "failed" && error !== undefined && GIVEN_BACK.has(error);
}
