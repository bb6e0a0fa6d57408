/**
 * The support chat on a page, as a module: `createChat({ server: "https://support.example" })`.
 *
 * Importing it touches nothing, so it can be part of a page that is drawn on a server first.
 */
import type { HostApi, Theme } from "../../widget/loader/api.ts";
import { Loader } from "../../widget/loader/loader.ts";

export type { Call, GiveToken, HostApi, HostEvents, Listener, Theme } from "../../widget/loader/api.ts";

export interface ChatOptions {
  /** Address of the chat server, `https://support.example`; its `CHATSERVER_ALLOWED_ORIGINS` names this page and itself. */
  server: string;
  /** Language, `zh-CN` or `en`; left out, it follows the page's `lang`. */
  locale?: string;
  theme?: Theme;
}

let made: { origin: string; chat: HostApi } | null = null;

/** Puts the chat on the page; called again for the same server, it gives the one that is there. */
export function createChat({ server, locale, theme }: ChatOptions): HostApi {
  const { origin } = new URL(server, location.href);
  if (made !== null) {
    if (made.origin !== origin) throw new Error(`chatserver-widget: this page already talks to ${made.origin}`);
    return made.chat;
  }
  const loader = new Loader(origin, locale ?? null);
  if (theme !== undefined) loader.theme(theme);
  loader.resume();
  made = { origin, chat: loader };
  return loader;
}
