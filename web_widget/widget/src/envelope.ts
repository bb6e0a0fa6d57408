/**
 * What a host page and the widget in its frame say to each other.
 *
 * Both sides post to one exact origin and drop whatever comes from another window or origin. No token
 * is ever part of an address.
 */
export type FromHost =
  /** First message: how the page wants it. */
  | { readonly type: "hello"; readonly locale: string | null; readonly isIdentified: boolean; readonly isOpen: boolean }
  /** Another person, or nobody, is signed in on the page now. */
  | { readonly type: "identity"; readonly isIdentified: boolean }
  /** The answer to `token_wanted`; null when the page has none. */
  | { readonly type: "token"; readonly request: number; readonly token: string | null }
  | { readonly type: "shown"; readonly isOpen: boolean }
  | { readonly type: "locale"; readonly locale: string };

export type FromWidget =
  /** The widget listens now. */
  | { readonly type: "ready" }
  | { readonly type: "token_wanted"; readonly request: number }
  | { readonly type: "close_wanted" }
  /** How many messages wait to be read, and whether a conversation is open. */
  | { readonly type: "unread"; readonly count: number; readonly isActive: boolean };

/** Marks messages as ours among all that a page may receive. */
const MARK = "chatserver/1";

/** Wraps a message for `postMessage`. */
export function sealed(message: FromHost | FromWidget): { mark: string; message: FromHost | FromWidget } {
  return { mark: MARK, message };
}

/** The message inside, or null when it is not one of ours. */
export function opened<Message extends FromHost | FromWidget>(data: unknown): Message | null {
  if (typeof data !== "object" || data === null) return null;
  const { mark, message } = data as { mark?: unknown; message?: { type?: unknown } };
  return mark === MARK && typeof message?.type === "string" ? (message as Message) : null;
}
