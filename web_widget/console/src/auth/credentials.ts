/** The tokens of one signed-in agent: kept for this tab, renewed in time, each refresh token used once. */
import type { Profile, SignedIn } from "@chatserver/shared";
import { call, callJson, HttpRefusal } from "../http.ts";

/** What is kept over a reload; `id` names this tab's sign-in, `expiresAt` is by this device's clock. */
export interface Kept {
  id: string;
  access: string;
  refresh: string;
  expiresAt: number;
  agent: Profile;
}

/** Renewed this long before the end: before the server warns the socket (60 s), and with time for lost requests. */
const MARGIN_MS = 120_000;
/** A token for a socket has to last beyond the warning. */
const SOCKET_MS = 70_000;
/** A token for a request has to last beyond the request. */
const REQUEST_MS = 5_000;
const RETRY_MS = 5_000;

export class Credentials {
  #kept: Kept;
  #refreshing: Promise<string> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #keep: (kept: Kept | null) => void;
  readonly #onEnded: () => void;

  constructor(kept: Kept, keep: (kept: Kept | null) => void, onEnded: () => void) {
    this.#kept = kept;
    this.#keep = keep;
    this.#onEnded = onEnded;
    this.#keep(kept);
    this.#schedule();
  }

  get agent(): Profile {
    return this.#kept.agent;
  }

  /** An access token that is good for now; asks for a new one when this one is about to end. */
  async access(leastMs = REQUEST_MS): Promise<string> {
    return Date.now() < this.#kept.expiresAt - leastMs ? this.#kept.access : this.renew();
  }

  /** An access token for a socket whose own is about to end. */
  forSocket(): Promise<string> {
    return this.access(SOCKET_MS);
  }

  /** A new access token; calls at the same time share one request, because a refresh token is good for one. */
  renew(): Promise<string> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** End the sign-in here and on the server; a server that cannot be reached ends it by time. */
  async signOut(): Promise<void> {
    this.stop();
    this.#keep(null);
    try {
      await call("/api/v1/sign-out", { method: "POST", body: { refresh_token: this.#kept.refresh } });
    } catch (failure) {
      if (!(failure instanceof HttpRefusal)) throw failure;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #refresh(): Promise<string> {
    clearTimeout(this.#timer);
    try {
      const body = { refresh_token: this.#kept.refresh };
      const signedIn = await callJson<SignedIn>("/api/v1/refresh", { method: "POST", body });
      this.#kept = keptOf(signedIn, this.#kept.id);
      this.#keep(this.#kept);
      this.#schedule();
      return this.#kept.access;
    } catch (failure) {
      if (failure instanceof HttpRefusal && (failure.status === 401 || failure.status === 400)) {
        this.#keep(null);
        this.#onEnded();
      } else {
        this.#timer = setTimeout(() => void this.renew().catch(() => undefined), RETRY_MS);
      }
      throw failure;
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const lifeMs = this.#kept.expiresAt - Date.now();
    // A short-lived token is renewed at half of its life.
    const waitMs = Math.max(0, lifeMs - Math.min(MARGIN_MS, lifeMs / 2));
    this.#timer = setTimeout(() => void this.renew().catch(() => undefined), waitMs);
  }
}

/** Sign in by password, and a code where a second factor is set up; a refusal is an `HttpRefusal`. */
export async function signIn(email: string, password: string, code: string, id: string): Promise<Kept> {
  const body = code === "" ? { email, password } : { email, password, code };
  const signedIn = await callJson<SignedIn>("/api/v1/sign-in", { method: "POST", body });
  return keptOf(signedIn, id);
}

export function keptOf(signedIn: SignedIn, id: string): Kept {
  const { access_token: access, refresh_token: refresh, expires_in: lifeS, agent } = signedIn;
  return { id, access, refresh, expiresAt: Date.now() + lifeS * 1_000, agent };
}
