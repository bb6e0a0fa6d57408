import { backoffMs, ChatClient, matchLocale, type Locale } from "@chatserver/shared";
import type { ComponentChildren } from "preact";
import { Device } from "./device.ts";
import type { FromHost, Manner } from "./envelope.ts";
import { LazyFiles } from "./files/lazy.ts";
import type { Host } from "./host.ts";
import { anonymous, identified, type Person } from "./identity.ts";
import { openConversation } from "./place.ts";
import type { Say } from "./texts/index.ts";
import type { Theme } from "../loader/api.ts";

/** What the menu offers besides the settings, on the screen from which it was opened. */
export type MenuMore = (close: () => void, say: Say) => ComponentChildren;

/** Who the widget talks for, in which language, and whether anybody looks at it. */
export class Session {
  readonly host: Host;
  readonly device = new Device();
  /** Null until it is known who this is. */
  client: ChatClient | null = null;
  /** Nobody before it is known who this is. */
  person: Person = anonymous(() => this.locale);
  files = new LazyFiles(this.person);
  locale: Locale;
  isOpen = false;
  /** Whether the menu is open, and with what: it stays while the screens behind it come and go. */
  menu: MenuMore | null = null;
  private readonly subscribers = new Set<() => void>();
  private readonly statuses = new Map<string, string>();
  private told = "";
  private turn = 0;

  constructor(host: Host) {
    this.host = host;
    this.locale = this.device.locale ?? matchLocale(navigator.languages);
  }

  start(): void {
    this.host.listen((message) => this.hear(message));
  }

  subscribe(subscriber: () => void): () => void {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  }

  showMenu(menu: MenuMore | null): void {
    this.menu = menu;
    this.changed();
  }

  /** The person chose a language; it holds on this device until the host changes its own. */
  speak(locale: Locale): void {
    this.device.locale = locale;
    this.become(locale);
  }

  /** The person wants to be told while looking elsewhere, or no longer. */
  notify(isWanted: boolean): void {
    if (isWanted) this.host.tell({ type: "notify_wanted" });
    else this.device.choose("notify", false);
    this.changed();
  }

  /** Something that screens show has changed. */
  changed(): void {
    document.documentElement.lang = this.locale;
    this.tellHost();
    for (const subscriber of [...this.subscribers]) subscriber();
  }

  private hear(message: FromHost): void {
    switch (message.type) {
      case "hello":
        this.isOpen = message.isOpen;
        this.behave(message);
        void this.meet(message.isIdentified);
        break;
      case "identity":
        void this.meet(message.isIdentified);
        break;
      case "shown":
        this.isOpen = message.isOpen;
        this.changed();
        break;
      case "locale":
        this.device.locale = null;
        mirror(message.isRightToLeft);
        this.become(matchLocale([message.locale]));
        break;
      case "theme":
        dress(message.theme);
        break;
      case "notify_state":
        this.device.choose("notify", message.state === "granted");
        this.changed();
        break;
      case "back":
        // Whatever is on top closes, as by the key; in the end the widget itself.
        (document.activeElement ?? document.body).dispatchEvent(
          new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }),
        );
    }
  }

  private behave({ locale, isRightToLeft, theme }: Manner): void {
    if (locale !== null && this.device.locale === null) this.locale = matchLocale([locale]);
    mirror(isRightToLeft);
    if (theme !== undefined) dress(theme);
  }

  private become(locale: Locale): void {
    if (locale === this.locale) return;
    this.locale = locale;
    // The server greets in the language of the connection; a running conversation keeps its own.
    const client = this.client;
    if (client !== null && openConversation(client.conversations) === null) client.reconnect();
    this.changed();
  }

  /** Another person, from now on: the one before is forgotten on screen, not on the device. */
  private async meet(isIdentified: boolean): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    this.client?.stop();
    this.client = null;
    this.statuses.clear();
    // What the menu offered was about the person before.
    this.menu = this.menu && (() => null);
    this.changed();
    for (let attempt = 0; turn === this.turn; attempt += 1) {
      const person = await this.who(isIdentified);
      if (turn !== this.turn) return;
      if (person !== null) return this.connect(person);
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt + 1, Math.random())));
    }
  }

  private who(isIdentified: boolean): Promise<Person | null> | Person {
    const locale = (): Locale => this.locale;
    return isIdentified ? identified(() => this.host.token(), locale) : anonymous(locale);
  }

  private connect(person: Person): void {
    this.person = person;
    this.files = new LazyFiles(person);
    const client = new ChatClient({
      scope: person.scope,
      auth: (fresh) => person.auth(fresh),
      files: this.files,
      ...(person.renew && { renew: person.renew }),
    });
    client.subscribe(() => {
      if (client.visitor !== null) person.remember(client.visitor);
      if (client === this.client) this.changed();
    });
    client.on("message_posted", (event, isLive) => {
      if (isLive && client === this.client && event.by.role !== "user") void this.alert(event.by.name);
    });
    this.client = client;
    client.start();
    this.changed();
  }

  private async alert(name: string): Promise<void> {
    const hasSound = this.device.has("sound");
    const hasNotices = this.device.has("notify");
    const isSeen = this.isOpen && document.visibilityState === "visible";
    if (!hasSound && (!hasNotices || isSeen)) return;
    const { alertOf, chime } = await import("./alerts.ts");
    if (hasSound) chime();
    if (hasNotices && !isSeen) this.host.tell(await alertOf(name, this.locale));
  }

  private tellHost(): void {
    const logs = this.client?.conversations ?? new Map();
    let count = 0;
    for (const log of logs.values()) {
      count += log.unread("user").length;
      if (this.statuses.get(log.id) === log.status) continue;
      this.statuses.set(log.id, log.status);
      this.host.tell({ type: "status", conversation: log.id, status: log.status });
    }
    const isActive = openConversation(logs) !== null;
    if (this.told === `${count} ${isActive}`) return;
    this.told = `${count} ${isActive}`;
    this.host.tell({ type: "unread", count, isActive });
  }
}

/** The look is the system's own unless a host wants another. */
function dress(theme: Theme): void {
  void import("./theme.ts").then(({ dressed }) => dressed(theme));
}

/** The layout follows the host's direction; every text finds its own. */
function mirror(isRightToLeft: boolean | undefined): void {
  if (isRightToLeft !== undefined) document.documentElement.dir = isRightToLeft ? "rtl" : "ltr";
}
