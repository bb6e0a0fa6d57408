import type { FromWidget } from "../src/envelope.ts";
import { Panel } from "./panel.ts";

/** Gives the signed identity of the person who is signed in on the page; asked again before it ends. */
export type GiveToken = () => Promise<string | null> | string | null;

export interface HostEvents {
  open: void;
  close: void;
  /** How many messages wait to be read. */
  unread: number;
}

type Listener<Name extends keyof HostEvents> = (detail: HostEvents[Name]) => void;

/** What a host page can do: `chatserver.push(["open"])`, before and after the script has loaded. */
export interface HostApi {
  identify(token: GiveToken): void;
  logout(): void;
  open(): void;
  close(): void;
  locale(locale: string): void;
  on<Name extends keyof HostEvents>(name: Name, listener: Listener<Name>): void;
}

export type Call = { [Name in keyof HostApi]: [Name, ...Parameters<HostApi[Name]>] }[keyof HostApi];

const CALLS: readonly string[] = ["identify", "logout", "open", "close", "locale", "on"];
const OPEN = "chatserver.open";
const ACTIVE = "chatserver.active";

/** The widget on a host page. */
export class Loader implements HostApi {
  private readonly panel: Panel;
  private readonly listeners = new Map<string, Set<(detail: never) => void>>();
  private giveToken: GiveToken | null = null;
  private language: string;
  private isOpen = false;
  private isReady = false;

  constructor(origin: string, locale: string) {
    this.language = locale;
    this.panel = new Panel({
      origin,
      locale,
      onMessage: (message) => this.take(message),
      onOpen: () => this.open(),
    });
  }

  /** Goes on where an earlier page of this tab or device was. */
  resume(): void {
    if (recalled(sessionStorage, OPEN)) this.open();
    else if (recalled(localStorage, ACTIVE)) this.panel.load();
  }

  identify(giveToken: GiveToken): void {
    this.giveToken = giveToken;
    this.identityChanged();
  }

  logout(): void {
    this.giveToken = null;
    this.identityChanged();
  }

  open(): void {
    this.show(true);
  }

  close(): void {
    this.show(false);
  }

  locale(locale: string): void {
    this.language = locale;
    this.panel.speak(locale);
  }

  on<Name extends keyof HostEvents>(name: Name, listener: Listener<Name>): void {
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners.add(listener as (detail: never) => void));
  }

  /** Does what was called for; calls are checked, since a page's script may pass anything. */
  push(call: Call): void {
    const [name, ...given] = call;
    if (!CALLS.includes(name)) throw new TypeError(`chatserver: there is no call "${String(name)}"`);
    (this[name] as (...args: unknown[]) => void).apply(this, given);
  }

  private identityChanged(): void {
    if (this.isReady) this.panel.post({ type: "identity", isIdentified: this.giveToken !== null });
  }

  private show(isOpen: boolean): void {
    if (isOpen === this.isOpen) return;
    this.isOpen = isOpen;
    remember(sessionStorage, OPEN, isOpen);
    this.panel.show(isOpen);
    this.tell(isOpen ? "open" : "close", undefined);
  }

  private take(message: FromWidget): void {
    switch (message.type) {
      case "ready":
        this.isReady = true;
        this.panel.post({
          type: "hello",
          locale: this.language,
          isIdentified: this.giveToken !== null,
          isOpen: this.isOpen,
        });
        break;
      case "token_wanted":
        void this.answer(message.request);
        break;
      case "close_wanted":
        this.close();
        break;
      case "unread":
        this.panel.unread(this.isOpen ? 0 : message.count);
        remember(localStorage, ACTIVE, message.isActive);
        this.tell("unread", message.count);
    }
  }

  private async answer(request: number): Promise<void> {
    let token: string | null = null;
    try {
      token = (await this.giveToken?.()) ?? null;
    } catch (error) {
      console.warn("chatserver: the page could not give a token", error);
    }
    this.panel.post({ type: "token", request, token });
  }

  private tell<Name extends keyof HostEvents>(name: Name, detail: HostEvents[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) listener(detail as never);
  }
}

function remember(storage: Storage, name: string, isSet: boolean): void {
  try {
    if (isSet) storage.setItem(name, "1");
    else storage.removeItem(name);
  } catch (error) {
    console.debug("chatserver: this page may not store anything", error);
  }
}

function recalled(storage: Storage, name: string): boolean {
  try {
    return storage.getItem(name) !== null;
  } catch {
    return false;
  }
}
