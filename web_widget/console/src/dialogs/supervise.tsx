/** What supervisors do with the conversations and agents of others; each step asks for its reason. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { OutcomeChoice } from "./close.tsx";
import { ReasonDialog } from "./reason.tsx";
import { TargetChoice, useFreshColleagues, type Target } from "./target.tsx";

interface About {
  about: string;
}

/** Follow a conversation without anybody noticing. */
export function WatchDialog({ about: conversation }: About): JSX.Element {
  const { desk, say } = useDesk();
  const work = async (reason: string): Promise<void> => {
    await desk.client.command("watch_conversation", { conversation, reason });
    desk.rows.watched.add(conversation);
  };
  return (
    <ReasonDialog
      title={say("action.watch")}
      lead={say("watch.lead")}
      submit={say("action.watch")}
      about={conversation}
      action="watched"
      work={work}
      onDone={() => desk.select(conversation)}
      testId="watch"
    />
  );
}

/** Give a conversation to somebody else, or back to the queue. */
export function ReassignDialog({ about: conversation }: About): JSX.Element {
  const { desk, say } = useDesk();
  const [target, setTarget] = useState<Target | null>(null);
  useFreshColleagues();
  const owner = useLive((one) => one.row(conversation).agentId);
  const tier = useLive((one) => one.row(conversation).tier);
  return (
    <ReasonDialog
      title={say("reassign.title")}
      lead={say("reassign.lead")}
      submit={say("action.reassign")}
      about={conversation}
      action="reassigned"
      work={(reason) => desk.client.command("reassign", { conversation, reason, ...target })}
      testId="reassign"
    >
      <TargetChoice tier={tier} without={owner} target={target} onChoose={setTarget} isAnyone testId="reassign" />
    </ReasonDialog>
  );
}

const PRIORITIES = [0, 1, 2, 3] as const;

/** Let somebody wait shorter or longer than the others. */
export function MoveDialog({ about: conversation }: About): JSX.Element {
  const { desk, say } = useDesk();
  const [priority, setPriority] = useState(1);
  return (
    <ReasonDialog
      title={say("move.title")}
      lead={say("move.lead")}
      submit={say("move.submit")}
      about={conversation}
      action="moved"
      work={(reason) => desk.client.command("move_in_queue", { conversation, reason, priority })}
      testId="move"
    >
      <fieldset class="choices choices-inline">
        <legend>{say("move.priority")}</legend>
        {PRIORITIES.map((one) => (
          <label key={one} class="choice">
            <input type="radio" name="priority" checked={priority === one} onChange={() => setPriority(one)} data-testid={`move-${one}`} />
            {one === 0 ? say("move.normal") : one}
          </label>
        ))}
      </fieldset>
    </ReasonDialog>
  );
}

/** End a conversation of somebody else. */
export function ForceCloseDialog({ about: conversation }: About): JSX.Element {
  const { desk, say } = useDesk();
  const [outcome, setOutcome] = useState("");
  return (
    <ReasonDialog
      title={say("close.title")}
      lead={say("force_close.lead")}
      submit={say("close.title")}
      about={conversation}
      action="closed"
      work={(reason) => desk.client.command("force_close", { conversation, reason, ...(outcome !== "" && { disposition: outcome }) })}
      testId="force-close"
    >
      <OutcomeChoice outcome={outcome} onChoose={setOutcome} />
    </ReasonDialog>
  );
}

/** Take an agent off the desk who is not there any more. */
export function ForceOfflineDialog({ about: agent }: About): JSX.Element {
  const { desk, say } = useDesk();
  const [requeue, setRequeue] = useState(true);
  const name = useLive((one) => one.catalog.agentName(agent));
  return (
    <ReasonDialog
      title={say("force_offline.title", { name })}
      lead={say("force_offline.lead")}
      submit={say("presence.offline")}
      about={agent}
      action="set_offline"
      work={(reason) => desk.client.command("force_offline", { agent, reason, requeue })}
      testId="force-offline"
    >
      <label class="choice">
        <input type="checkbox" checked={requeue} onChange={(event) => setRequeue(event.currentTarget.checked)} data-testid="force-offline-requeue" />
        {say("force_offline.requeue")}
      </label>
    </ReasonDialog>
  );
}
