import { errorText, tierText, type ErrorCode } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import type { Notice } from "../desk/desk.ts";
import type { Say } from "../texts/index.ts";

/** That something was done needs no answer: it is gone after this time. */
const DONE_SHOWN_MS = 4_000;

/** What came of the last thing done in this conversation. */
export function NoticeBar({ id }: { id: string }): JSX.Element | null {
  const { desk, say } = useDesk();
  const notice = useLive((one) => (one.notice?.conversation === id ? one.notice : null));
  const dismiss = (): void => desk.show({ notice: null });
  useEffect(() => {
    if (notice?.text !== "done" && notice?.text !== "released") return undefined;
    const timer = setTimeout(dismiss, DONE_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  if (notice === null) return null;
  const isDone = notice.text === "done" || notice.text === "released";
  return (
    <div class={`notice${isDone ? "" : " notice-warn"}`} role={isDone ? "status" : "alert"} data-testid="notice">
      <span>{noticeText(notice, say)}</span>
      {!isDone && (
        <Button kind="bare" isSmall onClick={dismiss}>
          {say("action.dismiss")}
        </Button>
      )}
    </div>
  );
}

function noticeText({ text, code = "retry", action, tier }: Notice, say: Say): string {
  if (text === "released" || text === "rejected") return say(`held.${text}`);
  if (text === "failed") return failureText(code, say);
  if (text === "refused") return refusedText(code, say);
  return action === undefined ? "" : say(`done.${action}`, { tier: tierText(tier ?? 1, say) });
}

function refusedText(code: ErrorCode, say: Say): string {
  if (code === "not_assigned" || code === "closed" || code === "forbidden") return say(`refused.${code}`);
  return errorText(code, say);
}

/** Why an action was refused; the words for texts that were not sent do not fit here. */
export function failureText(code: ErrorCode, say: Say): string {
  if (code === "not_assigned") return say("refused.moved_on");
  return code === "retry" || code === "storage" ? say("refused.unreachable") : errorText(code, say);
}
