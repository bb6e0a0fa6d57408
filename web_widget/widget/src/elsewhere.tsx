import type { ChatClient, ConversationLog } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { deskCommand } from "./desk_commands.ts";
import { LEAVING } from "./draft.ts";
import { Callback } from "./parts.ts";
import type { Say } from "./texts/index.ts";
import type { Availability } from "./topics.ts";
import { useCommand } from "./use_command.ts";

export interface ElsewhereProps {
  client: ChatClient;
  log: ConversationLog;
  say: Say;
  availability: Availability | null;
  isProminent?: boolean;
}

/** What one can do instead of waiting: leave it as a message, or be called back. */
export function Elsewhere({ client, log, say, availability, isProminent = false }: ElsewhereProps): JSX.Element | null {
  const [isCalling, setCalling] = useState(false);
  const leave = useCommand();
  const goAway = (): void => leave.run(() => deskCommand(client)("leave_message", { conversation: log.id }));
  // Chosen on the first screen, before there was a conversation to leave it in.
  useEffect(() => {
    if (!isProminent || client.keepsake.get(LEAVING) === null) return;
    client.keepsake.set(LEAVING, null);
    goAway();
  }, []);
  const ways = availability?.alternatives ?? [];
  const look = isProminent ? ({ kind: "primary" } as const) : ({ kind: "bare", isSmall: true } as const);
  return (
    <>
      {ways.includes("message") && (
        <Button {...look} disabled={leave.isBusy} onClick={goAway} testId="leave-message">
          {say(isProminent ? "elsewhere.leave" : "elsewhere.message")}
        </Button>
      )}
      {ways.includes("callback") && (
        <Button {...look} {...(isProminent && { kind: "plain" })} onClick={() => setCalling(true)} aria-haspopup="dialog" testId="ask-callback">
          {say("elsewhere.callback")}
        </Button>
      )}
      {leave.error !== null && <p role="alert">{say(`error.${leave.error}`)}</p>}
      {isCalling && (
        <Callback client={client} log={log} say={say} opensAt={availability?.opens_at ?? null} onClose={() => setCalling(false)} />
      )}
    </>
  );
}
