import { durationText, type ChatClient, type ConversationLog } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { Elsewhere } from "./elsewhere.tsx";
import type { Say } from "./texts/index.ts";
import type { Availability } from "./topics.ts";
import { useCommand } from "./use_command.ts";

export interface WaitingProps {
  client: ChatClient;
  log: ConversationLog;
  say: Say;
  availability: Availability | null;
}

/** The queue as the person in it sees it: place, expected wait, what to do meanwhile, and the ways out. */
export function Waiting({ client, log, say, availability }: WaitingProps): JSX.Element {
  const leave = useCommand();
  const { position, estimate } = log;
  const isSpecialist = log.view.tier > 1;
  return (
    <section class="w-standing" data-testid="waiting" aria-live="polite">
      <p class="w-standing-title">
        <span class="w-pulse" aria-hidden="true" />
        {say(isSpecialist ? "waiting.title_specialist" : "waiting.title")}
      </p>
      {position !== null && (
        <p class="w-standing-place" data-testid="position" data-position={position}>
          <strong>{position === 1 ? say("waiting.next") : say("waiting.position", { n: position })}</strong>{" "}
          <span data-testid="estimate">
            {estimate === null ? say("waiting.no_estimate") : say("waiting.estimate", { time: durationText(estimate, say) })}
          </span>
        </p>
      )}
      <p class="w-standing-more">{say(isSpecialist ? "waiting.meanwhile_specialist" : "own.waiting")}</p>
      <div class="w-standing-acts">
        <Elsewhere client={client} log={log} say={say} availability={availability} />
        <Button
          kind="bare"
          isSmall
          disabled={leave.isBusy}
          onClick={() => leave.run(() => client.command("cancel_waiting", { conversation: log.id }))}
          testId="leave-queue"
        >
          {say("waiting.leave")}
        </Button>
      </div>
      {leave.error !== null && <p role="alert">{say(`error.${leave.error}`)}</p>}
    </section>
  );
}
