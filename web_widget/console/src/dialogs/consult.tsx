import { LIMITS, newKey, tierText } from "@chatserver/shared";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import type { Row } from "../desk/rows.ts";
import { DialogBox } from "./dialog.tsx";
import { TextField, useKeptText } from "./fields.tsx";
import { useAction } from "./use_action.ts";

/** Asks the other tier in the internal thread; the user learns nothing of it. */
export function ConsultDialog({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const { id: conversation } = row;
  const question = useKeptText(conversation, "consult.text");
  const { isBusy, failure, act } = useAction(conversation);
  const text = question.value.trim();
  const submit = (): void =>
    act(
      "asked",
      () => desk.client.command("ask_consult", { conversation, key: newKey(), text }),
      () => question.set(""),
    );
  return (
    <DialogBox
      title={say("consult.title")}
      lead={say("consult.lead", { tier: tierText(row.tier === 2 ? 1 : 2, say) })}
      submit={{ text: say("action.consult"), testId: "consult-submit", isReady: text !== "", onSubmit: submit }}
      isBusy={isBusy}
      failure={failure}
      testId="consult-dialog"
    >
      <TextField
        label={say("consult.question")}
        value={question.value}
        onChange={question.set}
        maxLength={LIMITS.add_note.text.maxLength}
        isLong
        testId="consult-text"
      />
    </DialogBox>
  );
}
