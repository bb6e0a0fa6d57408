import type { Kept } from "./credentials.ts";

const NAME = "chatserver.console.sign_in";

/** The sign-in that this tab had before a reload; `sessionStorage`, so that it ends with the tab. */
export function keptSignIn(): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? "null") as Partial<Kept> | null;
    return kept?.id && kept.refresh && kept.agent ? (kept as Kept) : null;
  } catch {
    return null;
  }
}

export function keepSignIn(kept: Kept | null): void {
  if (kept === null) sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, JSON.stringify(kept));
}
