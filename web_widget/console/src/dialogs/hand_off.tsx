import { LIMITS, tierText } from "@chatserver/shared";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import type { Row } from "../desk/rows.ts";
import { DialogBox } from "./dialog.tsx";
import { TextField, useKeptText } from "./fields.tsx";
import { useAction } from "./use_action.ts";

/** Moves the conversation to the other tier, with a reason and, if wanted, a note. */
export function HandOffDialog({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const { id: conversation } = row;
  const toTier = row.tier === 2 ? 1 : 2;
  const reason = useKeptText(conversation, "handoff.reason");
  const note = useKeptText(conversation, "handoff.note");
  const { isBusy, failure, act } = useAction(conversation);
  const title = say(toTier === 2 ? "action.hand_off" : "action.hand_back");
  const submit = (): void => {
    const [why, words] = [reason.value.trim(), note.value.trim()];
    const body = { conversation, to_tier: toTier, reason: why, ...(words !== "" && { note: words }) };
    act("handed_off", () => desk.client.command("hand_off", body), () => {
      reason.set("");
      note.set("");
    });
  };
  return (
    <DialogBox
      title={title}
      lead={say("handoff.lead", { tier: tierText(toTier, say) })}
      submit={{ text: title, testId: "handoff-submit", isReady: reason.value.trim() !== "", onSubmit: submit }}
      isBusy={isBusy}
      failure={failure}
      forbidden={say("refused.handed_on")}
      testId="handoff-dialog"
    >
      <TextField
        label={say("handoff.reason")}
        hint={say("handoff.reason_hint")}
        value={reason.value}
        onChange={reason.set}
        maxLength={LIMITS.hand_off.reason.maxLength}
        testId="handoff-reason"
      />
      <TextField
        label={say("handoff.note")}
        hint={say("handoff.note_hint")}
        value={note.value}
        onChange={note.set}
        maxLength={LIMITS.hand_off.note.maxLength}
        isLong
        isOptional
        testId="handoff-note"
      />
    </DialogBox>
  );
}
