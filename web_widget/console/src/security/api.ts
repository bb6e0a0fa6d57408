/** One's own security over HTTP. */
import type { Asked, Enrolled, Enrolling, Security } from "@chatserver/shared";
import type { Credentials } from "../auth/credentials.ts";
import { callJson, type Call } from "../http.ts";
import { makePasskey, signWithPasskey } from "./webauthn.ts";

export class SecurityApi {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  read = (): Promise<Security> => this.#call("me/security");
  beginAuthenticator = (): Promise<Enrolling> => this.#call("me/authenticator", { method: "POST" });
  removeAuthenticator = (): Promise<unknown> => this.#call("me/authenticator", { method: "DELETE" });
  removePasskey = (id: string): Promise<unknown> => this.#call(`me/passkeys/${id}`, { method: "DELETE" });
  endSignIn = (id: string): Promise<unknown> => this.#call(`me/sign-ins/${id}`, { method: "DELETE" });
  endOthers = (): Promise<unknown> => this.#call("me/sign-ins", { method: "DELETE" });

  async confirmAuthenticator(code: string): Promise<string[]> {
    return (await this.#call<Enrolled>("me/authenticator/confirm", { method: "POST", body: { code } })).recovery_codes;
  }

  async newRecoveryCodes(): Promise<string[]> {
    return (await this.#call<Enrolled>("me/recovery-codes", { method: "POST" })).recovery_codes;
  }

  /** Recovery codes if these are the first; null when the person called it off. */
  async addPasskey(name: string): Promise<string[] | null> {
    const { options } = await this.#call<Asked>("me/passkeys/options", { method: "POST" });
    const credential = await makePasskey(options);
    if (credential === null) return null;
    return (await this.#call<Enrolled>("me/passkeys", { method: "POST", body: { name, credential } })).recovery_codes;
  }

  prove = (action: string, by: { code: string } | { password: string }): Promise<unknown> => this.#call("step-up", { method: "POST", body: { action, ...by } });

  /** False when the person called it off. */
  async proveByPasskey(action: string): Promise<boolean> {
    const { options } = await this.#call<Asked>("step-up/options", { method: "POST" });
    const credential = await signWithPasskey(options);
    if (credential === null) return false;
    await this.#call("step-up", { method: "POST", body: { action, credential } });
    return true;
  }

  async #call<Result>(path: string, options: Call = {}): Promise<Result> {
    return callJson<Result>(`/api/v1/${path}`, { ...options, token: await this.#credentials.access() });
  }
}
