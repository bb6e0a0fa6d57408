import type { ConversationLog } from "@chatserver/shared";
import { Button, Icon, Notice } from "@chatserver/shared/ui";
import { check, download, mail } from "@chatserver/shared/ui/icons";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { apiOf } from "./http.ts";
import type { Session } from "./session.ts";
import { TextField } from "./sheet.ts";
import type { Say } from "./texts/index.ts";
import { useCommand } from "./use_command.ts";

export interface TranscriptProps {
  session: Session;
  log: ConversationLog;
  say: Say;
}

/** The conversation to keep: by mail, or as a file on this device. */
export function Transcript({ session, log, say }: TranscriptProps): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const take = useCommand();
  // Without a mail server nothing is promised.
  const canMail = session.client?.features.includes("transcript_mail") === true;
  return (
    <section class="w-transcript" data-testid="transcript">
      <div class="w-pair">
        {canMail && (
          <Button onClick={() => setAsking(!isAsking)} aria-expanded={isAsking} testId="transcript-mail">
            <Icon path={mail} size={18} />
            {say("transcript.mail")}
          </Button>
        )}
        <Button disabled={take.isBusy} onClick={() => take.run(() => downloaded(session, log, say))} testId="transcript-download">
          <Icon path={download} size={18} />
          {say("transcript.download")}
        </Button>
      </div>
      {isAsking && <Mail session={session} log={log} say={say} />}
      {take.error !== null && <p role="alert">{say(`error.${take.error}`)}</p>}
    </section>
  );
}

async function downloaded(session: Session, log: ConversationLog, say: Say): Promise<void> {
  const blob = await apiOf(session).blob(`/api/v1/conversations/${log.id}/transcript?format=html`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${say("transcript.file")}.html`;
  link.click();
  // The download has begun by then, and the page forgets the copy.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Mail({ session, log, say }: TranscriptProps): JSX.Element {
  const [address, setAddress] = useState("");
  const [isSent, setSent] = useState(false);
  const send = useCommand();
  if (isSent) {
    return (
      <Notice kind="ok" path={check} testId="transcript-sent">
        {say("transcript.sent", { address })}
      </Notice>
    );
  }
  const submit = (event: Event): void => {
    event.preventDefault();
    send.run(() => apiOf(session).post(`/api/v1/conversations/${log.id}/transcript/mail`, { email: address.trim() }).then(() => setSent(true)));
  };
  return (
    <form onSubmit={submit}>
      <TextField
        id="transcript-address"
        label={say("transcript.address")}
        value={address}
        onChange={setAddress}
        keyboard="email"
        autoComplete="email"
        error={send.error === null ? undefined : say(send.error === "invalid" ? "transcript.wrong" : `error.${send.error}`)}
        testId="transcript-address"
      />
      <Button kind="primary" type="submit" place="w-wide" disabled={send.isBusy || !address.includes("@")} testId="transcript-send">
        {say("transcript.send")}
      </Button>
    </form>
  );
}
