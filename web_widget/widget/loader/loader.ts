import type { FromWidget } from "../src/envelope.ts";
import type { Call, GiveToken, HostApi, HostEvents, Listener, Theme } from "./api.ts";
import { mayNotify, notify } from "./notices.ts";
import { followPage, themeOfPage } from "./page.ts";
import { Panel } from "./panel.ts";

const CALLS: readonly string[] = ["identify", "logout", "open", "close", "locale", "theme", "on"];
const OPEN = "chatserver.open";
const ACTIVE = "chatserver.active";

/** The widget on a host page. */
export class Loader implements HostApi {
  private readonly panel: Panel;
  private readonly listeners = new Map<string, Set<(detail: never) => void>>();
  private giveToken: GiveToken | null = null;
  private look: Theme = themeOfPage();
  private language: string;
  private isOpen = false;
  private isReady = false;

  constructor(origin: string, locale: string | null) {
    this.language = locale ?? (document.documentElement.lang || navigator.language);
    this.panel = new Panel({
      origin,
      locale: this.language,
      onMessage: (message) => this.take(message),
      onOpen: () => this.open(),
    });
    this.panel.wear(this.look);
    if (locale === null) followPage((lang) => this.locale(lang));
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
    this.panel.post({ type: "locale", locale, isRightToLeft: this.panel.isRightToLeft });
  }

  theme(theme: Theme): void {
    this.look = { ...this.look, ...theme };
    this.panel.wear(this.look);
    this.panel.post({ type: "theme", theme: this.look });
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
          isRightToLeft: this.panel.isRightToLeft,
          theme: this.look,
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
        break;
      case "status":
        this.tell("status", { conversation: message.conversation, status: message.status });
        break;
      case "notify_wanted":
        void mayNotify().then((state) => this.panel.post({ type: "notify_state", state }));
        break;
      case "notify":
        notify(message.title, message.body, () => this.open());
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
