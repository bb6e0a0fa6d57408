/** The part of a host app: who is signed in, and the widget that is told so. */
import type { Call } from "../../widget/loader/api.ts";

/** Somebody that this page can be. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly locale: string;
  readonly vip?: boolean;
}

const CHOSEN = "tidepurse.user";

function call(made: Call): void {
  window.chatserver ??= [] as Call[];
  window.chatserver.push(made);
}

/** The people to choose from. */
export async function loadUsers(): Promise<User[]> {
  const answer = await fetch("/demo/users");
  if (!answer.ok) return [];
  return ((await answer.json()) as { users: User[] }).users;
}

/** What a wallet's server does for its app: a short-lived identity, signed. */
async function tokenOf(user: string): Promise<string | null> {
  const answer = await fetch(`/demo/session?user=${encodeURIComponent(user)}`);
  return answer.ok ? ((await answer.json()) as { token: string }).token : null;
}

/** Signs in as somebody, or as nobody; remembered in this tab alone, so that two tabs can be two people. */
export function signIn(user: string | null): void {
  if (user === null) {
    sessionStorage.setItem(CHOSEN, "");
    call(["logout"]);
  } else {
    sessionStorage.setItem(CHOSEN, user);
    call(["identify", () => tokenOf(user)]);
  }
}

/** Whom an earlier load of this tab was signed in as: "" for nobody, null when it never said. */
export function chosenBefore(): string | null {
  return sessionStorage.getItem(CHOSEN);
}

export function speak(locale: string): void {
  call(["locale", locale]);
}

export function openSupport(): void {
  call(["open"]);
}

/** The phrase that this app and the chat show alike; null for whom the wallet does not know. */
export async function loadPhrase(user: string): Promise<{ zh: string; en: string; until: number } | null> {
  const token = await tokenOf(user);
  if (token === null) return null;
  const answer = await fetch("/api/v1/proof", { headers: { Authorization: `Bearer ${token}` } });
  return answer.ok ? ((await answer.json()) as { zh: string; en: string; until: number }) : null;
}
