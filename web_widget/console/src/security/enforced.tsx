import type { ErrorCode } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { failureText } from "../view/notice_bar.tsx";
import { SecurityPanel } from "./security.tsx";
import "../styles/sign_in.css";

/** Stands in place of the desk while the role asks for a second factor that the account does not have yet. */
export function Enforced({ onDone, onSignOut }: { onDone: () => void; onSignOut: () => void }): JSX.Element {
  const { desk, say } = useDesk();
  const [failure, setFailure] = useState<ErrorCode | null>(null);
  const [isEarly, setEarly] = useState(false);
  const goOn = async (): Promise<void> => {
    await desk.credentials.renew();
    if (desk.credentials.agent.must_enrol === true) setEarly(true);
    else onDone();
  };
  return (
    <main class="sign-in">
      <section class="sign-in-card sign-in-wide" data-testid="enforced">
        <h1>{say("security.enforced")}</h1>
        <p>{say("security.enforced_lead")}</p>
        <SecurityPanel onFailure={setFailure} />
        {(failure !== null || isEarly) && (
          <p class="hint hint-danger" role="alert" data-testid="dialog-failure">
            {failure !== null ? failureText(failure, say) : say("security.enforced_early")}
          </p>
        )}
        <div class="dialog-buttons">
          <Button onClick={onSignOut} testId="sign-out">
            {say("sign_out")}
          </Button>
          <Button kind="primary" onClick={() => void goOn()} testId="enforced-done">
            {say("security.enforced_done")}
          </Button>
        </div>
      </section>
    </main>
  );
}
