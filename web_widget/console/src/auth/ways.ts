/** Ways to sign in beside the password: a passkey, or the company's own provider. */
import type { Asked, OidcBegun, SignedIn, SignInWays } from "@chatserver/shared";
import { callJson, HttpRefusal } from "../http.ts";
import { signWithPasskey, textOf } from "../security/webauthn.ts";
import { keptOf, type Kept } from "./credentials.ts";

const VERIFIER = "chatserver.console.verifier";
const TICKET = /^#sign-in=([\w-]*)$/;

/** How one may sign in here; by password alone when the server does not say. */
export async function waysToSignIn(): Promise<SignInWays> {
  try {
    return await callJson<SignInWays>("/api/v1/sign-in");
  } catch (failure) {
    if (!(failure instanceof HttpRefusal)) throw failure;
    return { password: true, passkey: false, provider: null };
  }
}

/** Sign in by passkey; null when the person called it off. */
export async function signInByPasskey(id: string): Promise<Kept | null> {
  const { options } = await callJson<Asked>("/api/v1/sign-in/passkey/options", { method: "POST" });
  const credential = await signWithPasskey(options);
  if (credential === null) return null;
  return keptOf(await callJson<SignedIn>("/api/v1/sign-in/passkey", { method: "POST", body: { credential } }), id);
}

/** Leave for the company's provider. What proves that it was this page stays in this tab. */
export async function leaveForProvider(): Promise<void> {
  const verifier = textOf(crypto.getRandomValues(new Uint8Array(32)).buffer);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const body = { verifier_digest: textOf(digest) };
  const { url } = await callJson<OidcBegun>("/api/v1/sign-in/oidc", { method: "POST", body });
  sessionStorage.setItem(VERIFIER, verifier);
  location.assign(url);
}

/** Whether the provider has sent somebody back here. */
export const isBackFromProvider = (): boolean => TICKET.test(location.hash);

/** Finish what was begun before leaving; raises an `HttpRefusal` when the provider did not vouch for anybody. */
export async function finishFromProvider(id: string): Promise<Kept> {
  const ticket = TICKET.exec(location.hash)?.[1] ?? "";
  history.replaceState(null, "", location.pathname);
  const verifier = sessionStorage.getItem(VERIFIER) ?? "";
  sessionStorage.removeItem(VERIFIER);
  if (ticket === "" || verifier === "") throw new HttpRefusal(401, { code: "unauthenticated", message: "The provider did not vouch for you." });
  const signedIn = await callJson<SignedIn>("/api/v1/sign-in/oidc/finish", { method: "POST", body: { ticket, verifier } });
  return keptOf(signedIn, id);
}
