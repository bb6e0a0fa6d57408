import type { ChatClient, ConversationLog } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Say } from "./texts/index.ts";
import { useCommand } from "./use_command.ts";

export interface EndingProps {
  client: ChatClient;
  log: ConversationLog;
  say: Say;
  onEnded: () => void;
}

/** Ends the conversation, after a second look: a slip of the thumb must not cost a place in the queue. */
export function Ending({ client, log, say, onEnded }: EndingProps): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const end = useCommand();
  if (!isAsking) {
    return (
      <Button kind="danger" place="w-wide" onClick={() => setAsking(true)} testId="close">
        {say("chat.end")}
      </Button>
    );
  }
  return (
    <div class="w-sure" role="group" aria-label={say("chat.end_sure")}>
      <p role="alert">{say("chat.end_sure")}</p>
      <div class="w-pair">
        <Button onClick={() => setAsking(false)} testId="close-cancel">
          {say("chat.end_no")}
        </Button>
        <Button
          kind="danger"
          disabled={end.isBusy}
          onClick={() => end.run(() => client.command("close_conversation", { conversation: log.id }).then(onEnded))}
          testId="close-confirm"
        >
          {say("chat.end_yes")}
        </Button>
      </div>
      {end.error !== null && <p role="alert">{say(`error.${end.error}`)}</p>}
    </div>
  );
}
