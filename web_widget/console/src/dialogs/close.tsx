import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive } from "../desk/live.ts";
import type { Row } from "../desk/rows.ts";
import { DialogBox } from "./dialog.tsx";
import { useAction } from "./use_action.ts";

/** What most conversations end with; where a desk has no such word nothing is chosen beforehand. */
const USUAL = "solved";

/** Ends the conversation with its outcome. */
export function CloseDialog({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const { id: conversation } = row;
  const [outcome, setOutcome] = useState<string>(desk.catalog.outcomes.find((code) => code === USUAL) ?? "");
  const { isBusy, failure, act } = useAction(conversation);
  const needsOutcome = useLive((one) => one.catalog.needsOutcome);
  // The desk may have changed its rules since the words were loaded.
  useEffect(() => desk.quietly(desk.catalog.loadWords()), [desk]);
  const submit = (): void => {
    const body = { conversation, ...(outcome !== "" && { disposition: outcome }) };
    act("closed", () => desk.client.command("close_conversation", body));
  };
  return (
    <DialogBox
      title={say("close.title")}
      lead={say("close.lead")}
      submit={{ text: say("close.title"), testId: "close-submit", isReady: outcome !== "" || !needsOutcome, onSubmit: submit }}
      isBusy={isBusy}
      failure={failure}
      testId="close-dialog"
    >
      <OutcomeChoice outcome={outcome} onChoose={setOutcome} isNeeded={needsOutcome} />
    </DialogBox>
  );
}

interface OutcomeProps {
  outcome: string;
  onChoose: (outcome: string) => void;
  /** Without it the last choice closes without saying. */
  isNeeded?: boolean;
}

/** What came of it. */
export function OutcomeChoice({ outcome, onChoose, isNeeded = false }: OutcomeProps): JSX.Element {
  const { desk, say } = useDesk();
  const outcomes = useLive((one) => one.catalog.outcomes, sameList);
  return (
    <fieldset class="choices">
      <legend>{say("close.outcome")}</legend>
      {[...outcomes, ...(isNeeded ? [] : [""])].map((code) => (
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
