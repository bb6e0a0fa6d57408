import type { Security } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX, TargetedInputEvent, TargetedKeyboardEvent } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import type { SecurityApi } from "./api.ts";
import type { Unproved } from "./use_proof.ts";
import { hasPasskeys } from "./webauthn.ts";

interface ProofProps {
  api: SecurityApi;
  known: Security;
  unproved: Unproved;
  onCancel: () => void;
}

/** Asks once more who sits here, before something that a stranger must not do. */
export function Proof({ api, known, unproved, onCancel }: ProofProps): JSX.Element {
  const { say } = useDesk();
  const [given, setGiven] = useState("");
  const [isWrong, setWrong] = useState(false);
  const byPassword = !known.authenticator && known.recovery_codes_left === 0;
  const prove = async (way: () => Promise<unknown>): Promise<void> => {
    setWrong(false);
    try {
      if ((await way()) !== false) unproved.again();
    } catch (failure) {
      if (!(failure instanceof HttpRefusal)) throw failure;
      setWrong(true);
    }
  };
  const submit = (): void => void prove(() => api.prove(unproved.action, byPassword ? { password: given } : { code: given.trim() }));
  const box = {
    maxLength: 1_024,
    autoFocus: true,
    value: given,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => setGiven(event.currentTarget.value),
    onKeyDown: (event: TargetedKeyboardEvent<HTMLInputElement>) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      submit();
    },
    "data-testid": "proof-given",
  };
  return (
    <section class="security-proof" data-testid="proof">
      <h3>{say("proof.title")}</h3>
      <label class="field">
        <span>{say(byPassword ? "sign_in.password" : "proof.code")}</span>
        {byPassword ? <input type="password" autocomplete="current-password" {...box} /> : <input type="text" autocomplete="one-time-code" {...box} />}
      </label>
      {isWrong && (
        <p class="hint hint-danger" role="alert">
          {say("proof.wrong")}
        </p>
      )}
      <div class="security-actions">
        <Button kind="primary" disabled={given === ""} onClick={submit} testId="proof-submit">
          {say("proof.submit")}
        </Button>
        {known.passkeys.length > 0 && hasPasskeys() && (
          <Button onClick={() => void prove(() => api.proveByPasskey(unproved.action))} testId="proof-passkey">
            {say("sign_in.passkey")}
          </Button>
        )}
        <Button kind="bare" onClick={onCancel}>
          {say("action.cancel")}
        </Button>
      </div>
    </section>
  );
}
