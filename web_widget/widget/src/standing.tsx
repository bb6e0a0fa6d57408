import { timeText } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { callbackOf } from "./callbacks.ts";
import { deskCommand } from "./desk_commands.ts";
import { Elsewhere } from "./elsewhere.tsx";
import { awayText, type Availability } from "./topics.ts";
import { useCommand } from "./use_command.ts";
import { Waiting, type WaitingProps } from "./waiting.tsx";

/** What stands between the messages and the box: the queue, a promise, or the way to a person. */
export function Standing(props: WaitingProps): JSX.Element | null {
  const { log } = props;
  if (callbackOf(log) !== null) return <Promised {...props} />;
  if (isParked(log)) return <Parked {...props} />;
  if (log.status === "waiting" || log.status === "offered") return <Waiting {...props} />;
  if (log.status !== "bot") return null;
  return props.availability?.open === false ? <Away {...props} availability={props.availability} /> : <AskForPerson {...props} />;
}

function AskForPerson({ client, log, say }: WaitingProps): JSX.Element {
  const ask = useCommand();
  return (
    <div class="w-bar">
      <Button
        kind="soft"
        onClick={() => ask.run(() => client.command("request_agent", { conversation: log.id }))}
        disabled={ask.isBusy}
        testId="want-agent"
      >
        {say(ask.isBusy ? "chat.asking" : "chat.person")}
      </Button>
      {ask.error !== null && <p role="alert">{say(`error.${ask.error}`)}</p>}
    </div>
  );
}

/** Out of hours: when somebody is back, and what can be done now. */
function Away(props: WaitingProps & { availability: Availability }): JSX.Element {
  const { say, availability } = props;
  return (
    <section class="w-standing" data-testid="away">
      <p class="w-standing-title">{awayText(availability, say)}</p>
      <p class="w-standing-more">{say("own.closed")}</p>
      <div class="w-pair">
        <Elsewhere {...props} isProminent />
      </div>
    </section>
  );
}

/** A message that was left: nobody has to wait for its answer. */
function Parked({ log, say }: WaitingProps): JSX.Element {
  const hasWords = log.view.messages.some(({ role }) => role === "user");
  return (
    <section class="w-standing" data-testid="parked">
      <p class="w-standing-title">{say(hasWords ? "parked.title" : "parked.empty")}</p>
      <p class="w-standing-more">{say("own.message_left")}</p>
    </section>
  );
}

/** A call that was promised. */
function Promised({ client, log, say }: WaitingProps): JSX.Element | null {
  const cancel = useCommand();
  const call = callbackOf(log);
  if (call === null) return null;
  return (
    <section class="w-standing" data-testid="callback-promised">
      <p class="w-standing-title">{say("callback.promised")}</p>
      <p class="w-standing-place">
        {timeText(call.from, Date.now(), say)}–{timeText(call.until, call.until, say)} · {call.phone_hint}
      </p>
      <p class="w-standing-more">{say("own.callback_taken")}</p>
      <Button
        kind="bare"
        isSmall
        disabled={cancel.isBusy}
        onClick={() => cancel.run(() => deskCommand(client)("cancel_callback", { conversation: log.id }))}
        testId="callback-cancel"
      >
        {say("callback.cancel")}
      </Button>
      {cancel.error !== null && <p role="alert">{say(`error.${cancel.error}`)}</p>}
    </section>
  );
}

/** Whether this waits as a message that was left: nobody who left one has a place in the line. */
export function isParked({ events, status, position }: WaitingProps["log"]): boolean {
  const queued = events.filter(({ type }) => type === "queued");
  const { reason } = (queued[queued.length - 1] ?? {}) as { reason?: string };
  return status === "waiting" && reason === "message" && position === null;
}
