import {
  backoffMs,
  browserStorage,
  ChatClient,
  isLocale,
  Keepsake,
  matchLocale,
  type Locale,
} from "@chatserver/shared";
import type { FromHost } from "./envelope.ts";
import type { Host } from "./host.ts";
import { anonymous, identified, type Person } from "./identity.ts";
import { openConversation } from "./place.ts";

const LOCALE = "locale";

/** Who the widget talks for, in which language, and whether anybody looks at it. */
export class Session {
  readonly host: Host;
  /** Null until it is known who this is. */
  client: ChatClient | null = null;
  locale: Locale;
  isOpen = false;
  private readonly device = new Keepsake(browserStorage(), "widget");
  private readonly subscribers = new Set<() => void>();
  private turn = 0;

  constructor(host: Host) {
    this.host = host;
    const chosen = this.device.get(LOCALE);
    this.locale = chosen !== null && isLocale(chosen) ? chosen : matchLocale(navigator.languages);
  }

  start(): void {
    this.host.listen((message) => this.hear(message));
  }

  subscribe(subscriber: () => void): () => void {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  }

  /** The person chose a language; it holds on this device until the host changes its own. */
  speak(locale: Locale): void {
    this.device.set(LOCALE, locale);
    this.become(locale);
  }

  private hear(message: FromHost): void {
    switch (message.type) {
      case "hello":
        this.isOpen = message.isOpen;
        if (message.locale !== null && this.device.get(LOCALE) === null) {
          this.locale = matchLocale([message.locale]);
        }
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
        this.device.set(LOCALE, null);
        this.become(matchLocale([message.locale]));
    }
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
    this.changed();
    for (let attempt = 0; turn === this.turn; attempt += 1) {
      const person = await this.person(isIdentified);
      if (turn !== this.turn) return;
      if (person !== null) return this.connect(person);
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt + 1, Math.random())));
    }
  }

  private person(isIdentified: boolean): Promise<Person | null> | Person {
    const locale = (): Locale => this.locale;
    return isIdentified ? identified(() => this.host.token(), locale) : anonymous(locale);
  }

  private connect(person: Person): void {
    const client = new ChatClient({
      scope: person.scope,
      auth: (fresh) => person.auth(fresh),
      ...(person.renew && { renew: person.renew }),
    });
    client.subscribe(() => {
      if (client.visitor !== null) person.remember(client.visitor);
      if (client === this.client) this.changed();
    });
    this.client = client;
    client.start();
    this.changed();
  }

  private changed(): void {
    document.documentElement.lang = this.locale;
    this.tellHost();
    for (const subscriber of [...this.subscribers]) subscriber();
  }

  private tellHost(): void {
    const logs = this.client?.conversations ?? new Map();
    let count = 0;
    for (const log of logs.values()) count += log.unread("user").length;
    this.host.tell({ type: "unread", count, isActive: openConversation(logs) !== null });
  }
}
