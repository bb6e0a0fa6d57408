import type { Lane } from "@chatserver/shared";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { CallbackList } from "../callbacks/callback_list.tsx";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import { WaitingList } from "./search_pane.tsx";

/** Often enough to plan the next minutes by. */
const EVERY_MS = 5_000;

/** How many wait for whom; supervisors see who they are. */
export function QueuePane(): JSX.Element {
  const { desk, say } = useDesk();
  const lanes = useLanes();
  const own = lanes?.filter(({ tier, waiting }) => waiting > 0 && (desk.isSupervisor || tier === desk.me.tier)) ?? [];
  return (
    <>
      <div class="lanes" aria-live="polite" data-testid="lanes">
        {lanes !== null && own.length === 0 && <p class="lists-empty">{say("queue.empty")}</p>}
        {own.map(({ tier, skill, waiting }) => (
          <p key={`${tier} ${skill}`} class="lane">
            <b>{waiting}</b>
            <span>{say(tier === 2 ? "tier_name.2" : "tier_name.1")}</span>
            {skill !== "" && <bdi class="row-topic">{skill}</bdi>}
          </p>
        ))}
      </div>
      <CallbackList />
      {desk.isSupervisor && <WaitingList key={own.map(({ waiting }) => waiting).join()} />}
    </>
  );
}

function useLanes(): Lane[] | null {
  const { desk } = useDesk();
  const [lanes, setLanes] = useState<Lane[] | null>(null);
  useEffect(() => {
    const look = (): void => {
      desk.api.lanes().then(setLanes, (failure: unknown) => {
        // What was known a moment ago stays; the next look is soon.
        if (!(failure instanceof HttpRefusal)) throw failure;
      });
    };
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [desk]);
  return lanes;
}
