/**
 * What a host and the widget say to each other: a page and the frame in it, or an app and its web view.
 *
 * Both sides of a frame post to one exact origin and drop whatever comes from another window or
 * origin. No token is ever part of an address.
 */
import type { Theme } from "../loader/api.ts";

/** How the host wants the widget; `locale` and `isRightToLeft` follow the host's own. */
export interface Manner {
  readonly locale: string | null;
  readonly isRightToLeft?: boolean;
  readonly theme?: Theme;
}

export type FromHost =
  /** First message. */
  | ({ readonly type: "hello"; readonly isIdentified: boolean; readonly isOpen: boolean } & Manner)
  /** Another person, or nobody, is signed in on the page now. */
  | { readonly type: "identity"; readonly isIdentified: boolean }
  /** The answer to `token_wanted`; null when the host has none. */
  | { readonly type: "token"; readonly request: number; readonly token: string | null }
  | { readonly type: "shown"; readonly isOpen: boolean }
  | { readonly type: "locale"; readonly locale: string; readonly isRightToLeft?: boolean }
  | { readonly type: "theme"; readonly theme: Theme }
  /** Whether the host may show notifications: the answer to `notify_wanted`. */
  | { readonly type: "notify_state"; readonly state: "granted" | "denied" }
  /** The back button of a phone. */
  | { readonly type: "back" };

export type FromWidget =
  /** The widget listens now. */
  | { readonly type: "ready" }
  | { readonly type: "token_wanted"; readonly request: number }
  | { readonly type: "close_wanted" }
  /** How many messages wait to be read, and whether a conversation is open. */
  | { readonly type: "unread"; readonly count: number; readonly isActive: boolean }
  /** A conversation has this status now. */
  | { readonly type: "status"; readonly conversation: string; readonly status: string }
  /** The person wants to be told of new messages while looking elsewhere. */
  | { readonly type: "notify_wanted" }
  /** Tell them now, if they look elsewhere; never what was written. */
  | { readonly type: "notify"; readonly title: string; readonly body: string };

/** Marks messages as ours among all that a page may receive. */
const MARK = "chatserver/1";

/** A message as it goes on its way. */
export interface Envelope {
  readonly mark: string;
  readonly message: FromHost | FromWidget;
}

/** Wraps a message for `postMessage`. */
export function sealed(message: FromHost | FromWidget): Envelope {
  return { mark: MARK, message };
}

/** The message inside, or null when it is not one of ours. */
export function opened<Message extends FromHost | FromWidget>(data: unknown): Message | null {
  if (typeof data !== "object" || data === null) return null;
  const { mark, message } = data as { mark?: unknown; message?: { type?: unknown } };
  return mark === MARK && typeof message?.type === "string" ? (message as Message) : null;
}
