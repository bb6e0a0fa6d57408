import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive } from "../desk/live.ts";
import type { Row } from "../desk/rows.ts";
import { DialogBox } from "./dialog.tsx";
import { useAction } from "./use_action.ts";

/** Ends the conversation with its outcome. */
export function CloseDialog({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const { id: conversation } = row;
  const [outcome, setOutcome] = useState<string>(desk.catalog.outcomes[0] ?? "");
  const { isBusy, failure, act } = useAction(conversation);
  const submit = (): void => {
    const body = { conversation, ...(outcome !== "" && { disposition: outcome }) };
    act("closed", () => desk.client.command("close_conversation", body));
  };
  return (
    <DialogBox
      title={say("close.title")}
      lead={say("close.lead")}
      submit={{ text: say("close.title"), testId: "close-submit", isReady: true, onSubmit: submit }}
      isBusy={isBusy}
      failure={failure}
      testId="close-dialog"
    >
      <OutcomeChoice outcome={outcome} onChoose={setOutcome} />
    </DialogBox>
  );
}

/** What came of it; the last choice closes without saying. */
export function OutcomeChoice({ outcome, onChoose }: { outcome: string; onChoose: (outcome: string) => void }): JSX.Element {
  const { desk, say } = useDesk();
  const outcomes = useLive((one) => one.catalog.outcomes, sameList);
  return (
    <fieldset class="choices">
      <legend>{say("close.outcome")}</legend>
      {[...outcomes, ""].map((code) => (
        <label key={code} class="choice">
          <input
            type="radio"
            name="outcome"
            checked={outcome === code}
            onChange={() => onChoose(code)}
            data-testid={`outcome-${code || "none"}`}
          />
          <bdi>{code === "" ? say("outcome.none") : desk.catalog.outcomeText(code, say)}</bdi>
        </label>
      ))}
    </fieldset>
  );
}
