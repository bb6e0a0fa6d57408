import { LIMITS } from "@chatserver/shared";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import type { Row } from "../desk/rows.ts";
import { DialogBox } from "./dialog.tsx";
import { TextField, useKeptText } from "./fields.tsx";
import { useAction } from "./use_action.ts";

/** Lets a supervisor take part beside the agent. */
export function JoinDialog({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const { id: conversation } = row;
  const reason = useKeptText(conversation, "join.reason");
  const { isBusy, failure, act } = useAction(conversation);
  const submit = (): void => {
    const body = { conversation, reason: reason.value.trim() };
    act("joined", () => desk.client.command("join_conversation", body), () => reason.set(""));
  };
  return (
    <DialogBox
      title={say("join.title")}
      lead={say("join.lead")}
      submit={{ text: say("action.join"), testId: "join-submit", isReady: reason.value.trim() !== "", onSubmit: submit }}
      isBusy={isBusy}
      failure={failure}
      testId="join-dialog"
    >
      <TextField
        label={say("handoff.reason")}
        value={reason.value}
        onChange={reason.set}
        maxLength={LIMITS.join_conversation.reason.maxLength}
        testId="join-reason"
      />
    </DialogBox>
  );
}
