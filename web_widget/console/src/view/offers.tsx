import type { Offer } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive, useNow } from "../desk/live.ts";

/** So far apart may be the server's clock and what this desk knows of it: it takes no second more than there is. */
const CLOCK_MS = 250;

/** Conversations that ring for this agent. */
export function Offers(): JSX.Element | null {
  const { say } = useDesk();
  const offers = useLive((desk) => [...desk.client.offers.values()], sameList);
  if (offers.length === 0) return null;
  return (
    <section class="list offers" aria-live="assertive">
      <h2>
        {say("lists.offers")}
        <span class="list-count">{offers.length}</span>
      </h2>
      <ul>
        {offers.map((offer) => (
          <OfferCard key={`${offer.conversation} ${offer.epoch}`} offer={offer} />
        ))}
      </ul>
    </section>
  );
}

function OfferCard({ offer }: { offer: Offer }): JSX.Element {
  const { desk, say } = useDesk();
  const now = useNow();
  const [isBusy, setBusy] = useState(false);
  const [firstSeenAt] = useState(now);
  const leftMs = Math.max(0, offer.expires_at - now);
  const wholeMs = Math.max(1_000, offer.expires_at - firstSeenAt);
  const { conversation, epoch } = offer;
  const accept = (): void => {
    setBusy(true);
    void desk.acts.accept(conversation, epoch).finally(() => setBusy(false));
  };
  return (
    <li class="offer" data-testid="offer" data-id={conversation}>
      <Countdown share={leftMs / wholeMs} seconds={Math.ceil(Math.max(0, leftMs - CLOCK_MS) / 1_000)} />
      <p class="offer-words" dir="auto">
        {offer.preview === "" ? say("row.no_words") : offer.preview}
      </p>
      <span class="offer-actions">
        <Button kind="primary" isSmall disabled={isBusy || leftMs === 0} onClick={accept} testId="offer-accept">
          {say("offer.accept")}
        </Button>
        <Button isSmall disabled={isBusy} onClick={() => void desk.acts.decline(conversation, epoch)} testId="offer-decline">
          {say("offer.decline")}
        </Button>
      </span>
    </li>
  );
}

const RADIUS = 16;
const ROUND = 2 * Math.PI * RADIUS;

/** A ring that empties as the time runs out, with the seconds in it. */
function Countdown({ share, seconds }: { share: number; seconds: number }): JSX.Element {
  const { say } = useDesk();
  return (
    <span class="countdown" role="timer" aria-label={say("offer.seconds", { seconds })}>
      <svg width="38" height="38" viewBox="0 0 38 38" aria-hidden="true">
        <circle class="countdown-track" cx="19" cy="19" r={RADIUS} />
        <circle
          class="countdown-left"
          cx="19"
          cy="19"
          r={RADIUS}
          stroke-dasharray={ROUND}
          stroke-dashoffset={ROUND * (1 - Math.min(1, share))}
        />
      </svg>
      <b>{seconds}</b>
    </span>
  );
}
