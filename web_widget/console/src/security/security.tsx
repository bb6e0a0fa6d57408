import type { Enrolling, ErrorCode, Security } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { DialogBox } from "../dialogs/dialog.tsx";
import { SecurityApi } from "./api.ts";
import { Enrolment, RecoveryCodes } from "./enrolment.tsx";
import { Proof } from "./proof.tsx";
import { SignIns } from "./sign_ins.tsx";
import { useProof } from "./use_proof.ts";
import { hasPasskeys } from "./webauthn.ts";
import "./security.css";

/** How one's own account is protected, and where it is signed in. */
export function SecurityDialog(): JSX.Element {
  const { say } = useDesk();
  const [failure, setFailure] = useState<ErrorCode | null>(null);
  return (
    <DialogBox title={say("security.title")} lead={say("security.lead")} failure={failure} testId="security">
      <SecurityPanel onFailure={setFailure} />
    </DialogBox>
  );
}

/** What can be set up and ended, wherever it stands. */
export function SecurityPanel({ onFailure }: { onFailure: (failure: ErrorCode | null) => void }): JSX.Element {
  const { desk, say } = useDesk();
  const api = useMemo(() => new SecurityApi(desk.credentials), [desk]);
  const [known, setKnown] = useState<Security | null>(null);
  const [enrolling, setEnrolling] = useState<Enrolling | null>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const { unproved, failure, isBusy, guarded, forget } = useProof();

  const look = async (): Promise<void> => setKnown(await api.read());
  const change = (work: () => Promise<unknown>): void =>
    guarded(async () => {
      await work();
      await look();
    });
  const told = (made: readonly string[] | null): void => {
    if (made !== null && made.length > 0) setCodes(made);
  };
  useEffect(() => guarded(look), [api]);
  useEffect(() => onFailure(failure?.error.code ?? null), [failure]);

  return (
    <>
      {known !== null && unproved !== null && <Proof api={api} known={known} unproved={unproved} onCancel={forget} />}
      {codes.length > 0 && <RecoveryCodes codes={codes} />}
      {known !== null && (
        <div class="security" inert={unproved !== null}>
          <section>
            <h3>{say("security.app")}</h3>
            {enrolling !== null ? (
              <Enrolment
                enrolling={enrolling}
                isBusy={isBusy}
                onConfirm={(code) =>
                  change(async () => {
                    told(await api.confirmAuthenticator(code));
                    setEnrolling(null);
                  })
                }
              />
            ) : (
              <div class="security-row">
                <span data-testid="app-state">{say(known.authenticator ? "security.app_on" : "security.app_off")}</span>
                {known.authenticator ? (
                  <Button isSmall onClick={() => change(api.removeAuthenticator)} testId="app-remove">
                    {say("security.remove")}
                  </Button>
                ) : (
                  <Button isSmall kind="soft" onClick={() => change(async () => setEnrolling(await api.beginAuthenticator()))} testId="app-add">
                    {say("security.set_up")}
                  </Button>
                )}
              </div>
            )}
            {(known.authenticator || known.passkeys.length > 0) && (
              <div class="security-row">
                <span>{say("security.codes_left", { count: known.recovery_codes_left })}</span>
                <Button isSmall onClick={() => change(async () => told(await api.newRecoveryCodes()))} testId="codes-new">
                  {say("security.codes_new")}
                </Button>
              </div>
            )}
          </section>
          <section>
            <h3>{say("security.passkeys")}</h3>
            {known.passkeys.map((key) => (
              <div class="security-row" key={key.id} data-testid="passkey">
                <span>
                  <bdi>{key.name}</bdi> <small>{say("security.since", { date: new Date(key.made_at).toLocaleDateString(say.locale) })}</small>
                </span>
                <Button isSmall onClick={() => change(() => api.removePasskey(key.id))}>
                  {say("security.remove")}
                </Button>
              </div>
            ))}
            {hasPasskeys() && <NewPasskey isBusy={isBusy} onAdd={(name) => change(async () => told(await api.addPasskey(name)))} />}
          </section>
          <SignIns signIns={known.sign_ins} onEnd={(id) => change(() => api.endSignIn(id))} onEndOthers={() => change(api.endOthers)} />
        </div>
      )}
    </>
  );
}

function NewPasskey({ isBusy, onAdd }: { isBusy: boolean; onAdd: (name: string) => void }): JSX.Element {
  const { say } = useDesk();
  const [name, setName] = useState("");
  return (
    <div class="security-row">
      <input
        class="cs-input security-name"
        aria-label={say("security.passkey_name")}
        placeholder={say("security.passkey_name")}
        maxLength={64}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
        data-testid="passkey-name"
      />
      <Button isSmall kind="soft" disabled={isBusy || name.trim() === ""} onClick={() => onAdd(name.trim())} testId="passkey-add">
        {say("security.passkey_add")}
      </Button>
    </div>
  );
}
