import { errorText, type PresenceStatus } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { inLocale } from "../desk/catalog.ts";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive, useNow } from "../desk/live.ts";
import { clockText } from "../time.ts";
import { Load } from "./load.tsx";

const STATUSES: readonly PresenceStatus[] = ["available", "away", "offline"];
/** Offered without asking the server; what it does not allow it refuses with a sentence. */
const MOST_AT_A_TIME = 12;

/** Available, away (and why), offline; how many chats one has and takes. */
export function PresenceSwitch(): JSX.Element {
  const { desk, say } = useDesk();
  const [status, isBusy, wentAway, refused] = useLive(
    ({ presence: one }) => [one.status, one.isBusy, one.wentAway, one.refused] as const,
    sameList,
  );
  return (
    <div class="presence">
      <div class="switch" role="group" aria-label={say("presence.label")} data-testid="presence" data-status={status}>
        {STATUSES.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={status === one}
            class={`switch-${one}`}
            disabled={isBusy}
            onClick={() => void desk.presence.set(one)}
            data-testid={`presence-${one}`}
          >
            {say(`presence.${one}`)}
          </button>
        ))}
      </div>
      {status === "away" && <AwayReason />}
      <WrapUp />
      <Capacity />
      {wentAway && (
        <span class="presence-told" role="status" data-testid="went-away">
          {say("presence.went_away")}
        </span>
      )}
      {refused !== null && (
        <span class="presence-told" role="alert">
          {refused === "invalid" ? say("presence.too_many") : errorText(refused, say)}
        </span>
      )}
    </div>
  );
}

/** Why one is away, as far as the desk has named reasons. */
function AwayReason(): JSX.Element | null {
  const { desk, say } = useDesk();
  const reasons = useLive((one) => one.catalog.awayReasons);
  const [reason, isBusy] = useLive(({ presence: one }) => [one.reason, one.isBusy] as const, sameList);
  if (reasons.length === 0) return null;
  return (
    <select
      class="away-reason"
      aria-label={say("presence.reason")}
      value={reason}
      disabled={isBusy}
      onChange={(event) => void desk.presence.set("away", event.currentTarget.value === "" ? {} : { reason: event.currentTarget.value })}
      data-testid="away-reason"
    >
      <option value="">{say("presence.no_reason")}</option>
      {reasons.map(({ id, name }) => (
        <option key={id} value={id}>
          {inLocale(name, say.locale)}
        </option>
      ))}
    </select>
  );
}

/** The time after a chat, which can be ended before it is over. */
function WrapUp(): JSX.Element | null {
  const { desk, say } = useDesk();
  const until = useLive((one) => one.presence.wrapUpUntil);
  const now = useNow();
  if (until <= now) return null;
  return (
    <span class="wrap-up" data-testid="wrap-up">
      {say("presence.wrap_up", { time: clockText(until - now) })}
      <Button isSmall onClick={() => void desk.presence.finishWrapUp()} testId="finish-wrap-up">
        {say("presence.finish_wrap_up")}
      </Button>
    </span>
  );
}

function Capacity(): JSX.Element | null {
  const { desk, say } = useDesk();
  const [status, capacity, isBusy] = useLive(({ presence: one }) => [one.status, one.capacity, one.isBusy] as const, sameList);
  const active = useLive((one) => one.sections.mine.length + one.client.offers.size);
  if (capacity === 0) return null;
  const choices = Array.from({ length: Math.max(MOST_AT_A_TIME, capacity) }, (_, index) => index + 1);
  return (
    <label class="presence-load" title={say("presence.load_title")}>
      <Load active={active} capacity={capacity} />
      <span data-testid="load" data-active={active} data-capacity={capacity}>
        {active} /
      </span>
      <select
        aria-label={say("presence.capacity")}
        value={capacity}
        disabled={isBusy}
        onChange={(event) => void desk.presence.set(status, { capacity: Number(event.currentTarget.value) })}
        data-testid="capacity"
      >
        {choices.map((count) => (
          <option key={count} value={count}>
            {count}
          </option>
        ))}
      </select>
    </label>
  );
}
