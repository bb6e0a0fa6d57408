import { newKey, type Locale, type SignInWays } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { signIn, type Kept } from "./auth/credentials.ts";
import { claim } from "./auth/ownership.ts";
import { finishFromProvider, isBackFromProvider, leaveForProvider, signInByPasskey, waysToSignIn } from "./auth/ways.ts";
import { HttpRefusal } from "./http.ts";
import { hasPasskeys } from "./security/webauthn.ts";
import type { Say } from "./texts/index.ts";
import { Languages } from "./view/languages.tsx";

/** Why the form is shown: nobody was signed in, they left, the sign-in ended, or another tab has it. */
export type SignedOutBecause = "new" | "left" | "ended" | "other_tab";

export interface SignInProps {
  say: Say;
  because: SignedOutBecause;
  onSignedIn: (kept: Kept) => void;
  onLocale: (locale: Locale) => void;
}

/** The form by which agents come in. */
export function SignIn({ say, because, onSignedIn, onLocale }: SignInProps): JSX.Element {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [ways, setWays] = useState<SignInWays | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<HttpRefusal | null>(null);

  /** Any way in: its tokens, or null when the person called it off. */
  const enter = async (way: () => Promise<Kept | null | void>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      const kept = await way();
      if (kept == null) return;
      await claim(kept.id);
      onSignedIn(kept);
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  useEffect(() => {
    void waysToSignIn().then(setWays);
    if (isBackFromProvider()) void enter(() => finishFromProvider(newKey()));
  }, []);

  const told = failure === null ? greeting(because, say) : failureText(failure, say);
  return (
    <main class="sign-in">
      <form
        class="sign-in-card"
        onSubmit={(event) => {
          event.preventDefault();
          void enter(() => signIn(email.trim(), password, code.trim(), newKey()));
        }}
      >
        <h1>{say("sign_in.title")}</h1>
        {told !== null && (
          <p class={failure === null ? "hint" : "hint hint-danger"} role="alert" data-testid="signin-message">
            {told}
          </p>
        )}
        <label class="field">
          <span>{say("sign_in.email")}</span>
          <input
            type="email"
            autocomplete="username webauthn"
            required
            autoFocus
            maxLength={254}
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
            data-testid="signin-email"
          />
        </label>
        <label class="field">
          <span>{say("sign_in.password")}</span>
          <input
            type="password"
            autocomplete="current-password"
            required
            maxLength={1024}
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
            data-testid="signin-password"
          />
        </label>
        <label class="field">
          <span>
            {say("sign_in.code")} <small>{say("sign_in.code_hint")}</small>
          </span>
          <input
            type="text"
            inputMode="text"
            autocomplete="one-time-code"
            maxLength={64}
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
            data-testid="signin-code"
          />
        </label>
        <Button type="submit" kind="primary" disabled={isBusy} testId="signin-submit">
          {say(isBusy ? "sign_in.busy" : "sign_in.submit")}
        </Button>
        {ways !== null && (ways.provider !== null || (ways.passkey && hasPasskeys())) && (
          <div class="sign-in-ways" role="group" aria-label={say("sign_in.other_ways")}>
            {ways.passkey && hasPasskeys() && (
              <Button disabled={isBusy} onClick={() => void enter(() => signInByPasskey(newKey()))} testId="signin-passkey">
                {say("sign_in.passkey")}
              </Button>
            )}
            {ways.provider !== null && (
              <Button disabled={isBusy} onClick={() => void enter(leaveForProvider)} testId="signin-provider">
                {say("sign_in.provider", { name: ways.provider })}
              </Button>
            )}
          </div>
        )}
      </form>
      <Languages say={say} onLocale={onLocale} />
    </main>
  );
}

function greeting(because: SignedOutBecause, say: Say): string | null {
  if (because === "ended") return say("sign_in.ended");
  return because === "other_tab" ? say("sign_in.other_tab") : null;
}

function failureText(failure: HttpRefusal, say: Say): string {
  const { code, retry_after_ms: afterMs = 0 } = failure.error;
  if (failure.status === 0) return say("sign_in.no_server");
  if (code === "unauthenticated" || code === "invalid") return say("sign_in.wrong");
  if (code === "rate_limited") return say("sign_in.too_many", { seconds: Math.ceil(afterMs / 1_000) });
  return say("sign_in.failed", { code });
}
