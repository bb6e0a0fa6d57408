import { durationText, type ChatClient, type ConversationLog } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import type { Say } from "./texts/index.ts";
import { useCommand } from "./use_command.ts";

/** The queue as the person in it sees it: place, expected wait, and the way out. */
export function Waiting({ client, log, say }: { client: ChatClient; log: ConversationLog; say: Say }): JSX.Element {
  const leave = useCommand();
  const { position, estimate } = log;
  return (
    <section class="w-waiting" data-testid="waiting" aria-live="polite">
      <p class="w-waiting-title">
        <span class="w-pulse" />
        {say(log.view.tier > 1 ? "waiting.title_specialist" : "waiting.title")}
      </p>
      {position !== null && (
        <p data-testid="position" data-position={position}>
          {position === 1 ? say("waiting.next") : say("waiting.position", { n: position })}
          <span class="w-waiting-time" data-testid="estimate">
            {estimate === null
              ? say("waiting.no_estimate")
              : say("waiting.estimate", { time: durationText(estimate, say) })}
          </span>
        </p>
      )}
      <p class="w-waiting-comfort">{say("waiting.comfort")}</p>
      <Button
        kind="bare"
        isSmall
        disabled={leave.isBusy}
        onClick={() => leave.run(() => client.command("cancel_waiting", { conversation: log.id }))}
        testId="leave-queue"
      >
        {say("waiting.leave")}
      </Button>
      {leave.error !== null && <p role="alert">{say(`error.${leave.error}`)}</p>}
    </section>
  );
}
