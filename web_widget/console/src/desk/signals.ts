import type { Desk } from "./desk.ts";
import { chime } from "./sound.ts";

const SOUND = "sound";

/** Tells an agent who looks elsewhere that something came: the number in the tab's title and, by choice, a sound. */
export class Signals {
  readonly #desk: Desk;
  readonly #stops: (() => void)[];
  #title = "";
  #mine = new Set<string>();
  #isSettled = false;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#stops = [
      desk.client.on("offer", () => this.#ring()),
      desk.client.on("message_posted", ({ by, conversation }, isLive) => {
        if (isLive && by.role === "user" && !this.isInSight(conversation)) this.#ring();
      }),
    ];
  }

  get hasSound(): boolean {
    return this.#desk.client.keepsake.get(SOUND) === "on";
  }

  setSound(isOn: boolean): void {
    this.#desk.client.keepsake.set(SOUND, isOn ? "on" : null);
    if (isOn) chime(Date.now());
    this.#desk.client.changed();
  }

  /** The title without the number, in the language shown. */
  entitle(title: string): void {
    this.#title = title;
    this.look();
  }

  /** Whether the agent looks at this conversation right now. */
  isInSight(conversation: string): boolean {
    return this.#desk.selected === conversation && document.visibilityState === "visible" && document.hasFocus();
  }

  /** Looks whether something new is there. */
  look(): void {
    const { mine } = this.#desk.sections;
    const offers = this.#desk.client.offers.size;
    const waiting = mine.filter(({ unread, facts }) => unread > 0 || facts.replyOwedSince !== null).length;
    const count = waiting + offers;
    if (this.#title !== "") document.title = count > 0 ? `(${count}) ${this.#title}` : this.#title;
    this.#hearAssigned(mine.map(({ id }) => id));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    if (this.#title !== "") document.title = this.#title;
  }

  #hearAssigned(mine: string[]): void {
    const isNew = mine.some((id) => !this.#mine.has(id));
    this.#mine = new Set(mine);
    // What was there at sign-in is not news.
    if (isNew && this.#isSettled) this.#ring();
    this.#isSettled ||= this.#desk.client.link.name === "online";
  }

  #ring(): void {
    if (this.hasSound) chime(Date.now());
  }
}
