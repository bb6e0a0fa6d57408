import { LIMITS } from "@chatserver/shared";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import type { Row } from "../desk/rows.ts";
import { DialogBox } from "./dialog.tsx";
import { TextField, useKeptText } from "./fields.tsx";
import { TargetChoice, useFreshColleagues, type Target } from "./target.tsx";
import { useAction } from "./use_action.ts";

/** Gives the conversation to one colleague or to a skill. */
export function TransferDialog({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const { id: conversation } = row;
  const [target, setTarget] = useState<Target | null>(null);
  const note = useKeptText(conversation, "transfer.note");
  const { isBusy, failure, act } = useAction(conversation);
  useFreshColleagues();
  const submit = (): void => {
    if (target === null) return;
    const words = note.value.trim();
    const body = { conversation, ...target, ...(words !== "" && { note: words }) };
    act("transferred", () => desk.client.command("transfer", body), () => note.set(""));
  };
  return (
    <DialogBox
      title={say("transfer.title")}
      lead={say("transfer.lead")}
      submit={{ text: say("action.transfer"), testId: "transfer-submit", isReady: target !== null, onSubmit: submit }}
      isBusy={isBusy}
      failure={failure}
      forbidden={say("refused.handed_on")}
      testId="transfer-dialog"
    >
      <TargetChoice tier={row.tier} without={desk.me.id} target={target} onChoose={setTarget} testId="transfer" />
      <TextField
        label={say("handoff.note")}
        hint={say("handoff.note_hint")}
        value={note.value}
        onChange={note.set}
        maxLength={LIMITS.transfer.note.maxLength}
        isLong
        isOptional
        testId="transfer-note"
      />
    </DialogBox>
  );
}
