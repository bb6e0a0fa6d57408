import { Button } from "@chatserver/shared/ui";
import type { ErrorCode } from "@chatserver/shared";
import type { ComponentChildren, JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { useModal } from "./modal.ts";
import { failureText } from "../view/notice_bar.tsx";

export interface DialogProps {
  title: string;
  lead?: string;
  /** The button that does it; without one the dialog only tells. */
  submit?: { text: string; testId: string; isReady: boolean; isDanger?: boolean; onSubmit: () => void };
  isBusy?: boolean;
  failure?: ErrorCode | null;
  /** What `forbidden` means here, where it is not the role that forbids it. */
  forbidden?: string;
  testId: string;
  children: ComponentChildren;
}

/** A question over the desk; the browser keeps the focus in it and closes it by Escape. */
export function DialogBox(props: DialogProps): JSX.Element {
  const { title, lead, submit, isBusy = false, failure = null, forbidden, testId, children } = props;
  const { say } = useDesk();
  const { close, props: modal } = useModal();
  return (
    <dialog
      {...modal}
      class="dialog"
      aria-label={title}
      data-testid={testId}
    >
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (submit?.isReady === true && !isBusy) submit.onSubmit();
        }}
      >
        <h2>{title}</h2>
        {lead !== undefined && <p class="dialog-lead">{lead}</p>}
        {children}
        {failure !== null && (
          <p class="hint hint-danger" role="alert" data-testid="dialog-failure">
            {failure === "forbidden" && forbidden !== undefined ? forbidden : failureText(failure, say)}
          </p>
        )}
        <div class="dialog-buttons">
          <Button onClick={close} testId="dialog-cancel">
            {say(submit === undefined ? "action.dismiss" : "action.cancel")}
          </Button>
          {submit !== undefined && (
            <Button type="submit" kind="primary" disabled={!submit.isReady || isBusy} testId={submit.testId}>
              {submit.text}
            </Button>
          )}
        </div>
      </form>
    </dialog>
  );
}
