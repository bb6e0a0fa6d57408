import type { Say } from "../texts/index.ts";
import type { Desk } from "./desk.ts";
import { chime } from "./sound.ts";

/** Longer words do not fit into a notification. */
const WORDS_SHOWN = 140;

/** Tells an agent who looks elsewhere that something came: title, icon and, by choice, sound and notifications. */
export class Signals {
  readonly #desk: Desk;
  readonly #stops: (() => void)[];
  #say: Say | null = null;
  #title = "";
  /** How many chats and offers want something. */
  count = 0;
  #mine = new Set<string>();
  #isSettled = false;
  readonly #shown = new Map<string, Notification>();

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#stops = [
      desk.client.on("offer", ({ conversation, preview }) => this.#ring(conversation, "notify.offer", preview)),
      desk.client.on("message_posted", ({ by, conversation, text }, isLive) => {
        if (isLive && by.role === "user" && this.#isMine(conversation)) this.#ring(conversation, "notify.message", text);
      }),
    ];
  }

  /** The words, and the title without the number, in the language shown. */
  speak(say: Say): void {
    this.#say = say;
    this.#title = say("app.name");
    this.#entitle();
  }

  /** Whether the agent looks at this conversation right now. */
  isInSight(conversation: string): boolean {
    return this.#desk.selected === conversation && document.visibilityState === "visible" && document.hasFocus();
  }

  /** Looks whether something new is there. */
  look(): void {
    const { mine } = this.#desk.sections;
    const waiting = mine.filter(({ unread, facts }) => unread > 0 || facts.replyOwedSince !== null).length;
    this.count = waiting + this.#desk.client.offers.size;
    this.#entitle();
    this.#hearAssigned(mine.map(({ id }) => id));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    for (const shown of this.#shown.values()) shown.close();
    this.count = 0;
    this.#entitle();
  }

  #entitle(): void {
    if (this.#title === "") return;
    const title = this.count > 0 ? `(${this.count}) ${this.#title}` : this.#title;
    if (document.title === title) return;
    document.title = title;
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    const other = document.querySelector<HTMLLinkElement>(`link[rel="${this.count > 0 ? "icon-new" : "icon-calm"}"]`);
    if (icon !== null && other !== null && icon.href !== other.href) icon.href = other.href;
  }

  #isMine(conversation: string): boolean {
    return this.#desk.row(conversation).agentId === this.#desk.me.id;
  }

  #hearAssigned(mine: string[]): void {
    const fresh = mine.find((id) => !this.#mine.has(id));
    this.#mine = new Set(mine);
    // What was there at sign-in is not news.
    if (fresh !== undefined && this.#isSettled) this.#ring(fresh, "notify.assigned", "");
    this.#isSettled ||= this.#desk.client.link.name === "online";
  }

  #ring(conversation: string, what: "notify.offer" | "notify.message" | "notify.assigned", words: string): void {
    if (this.isInSight(conversation)) return;
    if (this.#desk.settings.hasSound) chime(Date.now());
    if (this.#desk.settings.hasNotifications && !document.hasFocus()) this.#notify(conversation, what, words);
  }

  #notify(conversation: string, what: "notify.offer" | "notify.message" | "notify.assigned", words: string): void {
    const say = this.#say;
    if (say === null) return;
    const name = this.#desk.row(conversation).facts.userName || say("row.visitor");
    // One per conversation: the newest words replace those before.
    const shown = new Notification(say(what, { name }), { body: [...words].slice(0, WORDS_SHOWN).join(""), tag: conversation });
    this.#shown.set(conversation, shown);
    shown.onclick = () => {
      window.focus();
      if (what !== "notify.offer") this.#desk.select(conversation);
      shown.close();
    };
  }
}
