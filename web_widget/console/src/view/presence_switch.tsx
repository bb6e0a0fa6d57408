import type { PresenceStatus } from "@chatserver/shared";
import { errorText } from "@chatserver/shared";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive } from "../desk/live.ts";

const STATUSES: readonly PresenceStatus[] = ["available", "away", "offline"];
/** Offered without asking the server; what it does not allow it refuses with a sentence. */
const MOST_AT_A_TIME = 12;

/** Available, away, offline; how many chats one has and takes. */
export function PresenceSwitch(): JSX.Element {
  const { desk, say } = useDesk();
  const [status, capacity, isBusy, wentAway, refused] = useLive(({ presence: one }) => [one.status, one.capacity, one.isBusy, one.wentAway, one.refused] as const, sameList);
  const active = useLive((one) => one.sections.mine.length + one.client.offers.size);
  const choices = Array.from({ length: Math.max(MOST_AT_A_TIME, capacity) }, (_, index) => index + 1);
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
      {capacity > 0 && (
        <label class="presence-load" title={say("presence.load_title")}>
          <Load active={active} capacity={capacity} />
          <span data-testid="load" data-active={active} data-capacity={capacity}>
            {active} /
          </span>
          <select
            aria-label={say("presence.capacity")}
            value={capacity}
            disabled={isBusy}
            onChange={(event) => void desk.presence.set(status, Number(event.currentTarget.value))}
            data-testid="capacity"
          >
            {choices.map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        </label>
      )}
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

/** As many marks as one takes chats, the taken ones filled; beyond a few only the number tells. */
function Load({ active, capacity }: { active: number; capacity: number }): JSX.Element | null {
  if (capacity > 8) return null;
  return (
    <span class="load" aria-hidden="true">
      {Array.from({ length: capacity }, (_, index) => (
        <i key={index} class={index < active ? "load-taken" : ""} />
      ))}
    </span>
  );
}
