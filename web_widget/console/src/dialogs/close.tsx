import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import type { Row } from "../desk/rows.ts";
import { outcomeText } from "../view/status_line.ts";
import { DialogBox } from "./dialog.tsx";
import { useAction } from "./use_action.ts";

/** The shipped outcomes; the empty one closes without. */
const OUTCOMES = ["solved", "answered", "follow_up", "no_answer", "out_of_scope", "spam", ""] as const;

/** Ends the conversation with its outcome. */
export function CloseDialog({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const { id: conversation } = row;
  const [outcome, setOutcome] = useState<string>(OUTCOMES[0]);
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
      <fieldset class="choices">
        <legend>{say("close.outcome")}</legend>
        {OUTCOMES.map((code) => (
          <label key={code} class="choice">
            <input
              type="radio"
              name="outcome"
              checked={outcome === code}
              onChange={() => setOutcome(code)}
              data-testid={`outcome-${code || "none"}`}
            />
            {code === "" ? say("outcome.none") : outcomeText(code, say)}
          </label>
        ))}
      </fieldset>
    </DialogBox>
  );
}
