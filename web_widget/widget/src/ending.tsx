import type { ChatClient, ConversationLog } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Say } from "./texts/index.ts";
import { useCommand } from "./use_command.ts";

/** Ends the conversation, after a second look: a slip of the thumb must not cost a place in the queue. */
export function Ending({ client, log, say }: { client: ChatClient; log: ConversationLog; say: Say }): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const end = useCommand();
  const stay = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isAsking) stay.current?.querySelector("button")?.focus();
  }, [isAsking]);
  return (
    <>
      <Button kind="bare" isSmall onClick={() => setAsking(true)} aria-expanded={isAsking} testId="close">
        {say("chat.end")}
      </Button>
      {isAsking && (
        <div
          class="w-sure"
          role="alertdialog"
          aria-label={say("chat.end_sure")}
          ref={stay}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            setAsking(false);
          }}
        >
          <p>{say("chat.end_sure")}</p>
          <Button isSmall onClick={() => setAsking(false)} testId="close-cancel">
            {say("chat.end_no")}
          </Button>
          <Button
            kind="danger"
            isSmall
            disabled={end.isBusy}
            onClick={() => end.run(() => client.command("close_conversation", { conversation: log.id }))}
            testId="close-confirm"
          >
            {say("chat.end_yes")}
          </Button>
          {end.error !== null && <p role="alert">{say(`error.${end.error}`)}</p>}
        </div>
      )}
    </>
  );
}
