import type { ComponentChildren, JSX } from "preact";
import type { Action } from "../desk/acts.ts";
import { useDesk } from "../desk/context.ts";
import { DialogBox } from "./dialog.tsx";
import { TextField, useKeptText } from "./fields.tsx";
import { useAction } from "./use_action.ts";

/** The server takes no longer reasons. */
const LONGEST_REASON = 200;

export interface ReasonDialogProps {
  title: string;
  lead: string;
  submit: string;
  /** What it is about: a conversation, or an agent. */
  about: string;
  action: Action;
  /** Does it; what the server refuses is told in the dialog. */
  work: (reason: string) => Promise<unknown>;
  onDone?: () => void;
  isReady?: boolean;
  testId: string;
  children?: ComponentChildren;
}

/** A step that is only taken with a reason, which is kept with it. */
export function ReasonDialog({ title, lead, submit, about, action, work, onDone, isReady = true, testId, children }: ReasonDialogProps): JSX.Element {
  const { say } = useDesk();
  const reason = useKeptText(about, "supervise.reason");
  const { isBusy, failure, act } = useAction(about);
  const why = reason.value.trim();
  const onSubmit = (): void =>
    act(
      action,
      () => work(why),
      () => {
        reason.set("");
        onDone?.();
      },
    );
  return (
    <DialogBox
      title={title}
      lead={lead}
      submit={{ text: submit, testId: `${testId}-submit`, isReady: isReady && why !== "", onSubmit }}
      isBusy={isBusy}
      failure={failure}
      testId={`${testId}-dialog`}
    >
      {children}
      <TextField label={say("handoff.reason")} value={reason.value} onChange={reason.set} maxLength={LONGEST_REASON} testId={`${testId}-reason`} />
    </DialogBox>
  );
}
