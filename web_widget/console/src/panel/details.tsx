import type { Contact, History } from "@chatserver/shared";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { useAsked } from "../desk/use_asked.ts";
import { Glyph } from "../view/glyph.tsx";
import { Boundary } from "./card.tsx";
import { CARDS } from "./cards.tsx";

/** The right pane: who the user is and what came before, the conversation, and why it went here. */
export function Details({ id }: { id: string }): JSX.Element {
  const { desk, say } = useDesk();
  const row = useLive((one) => one.row(id));
  const { userId, moves } = row.facts;
  const contact = known(useAsked<Contact>(`conversations/${id}/contact`, moves));
  const history = known(useAsked<History>(userId === "" ? null : `users/${encodeURIComponent(userId)}/history?limit=20`, row.status));
  return (
    <aside class="details" aria-label={say("details.label")} data-testid="details">
      <button
        type="button"
        class="glyph-button details-close"
        title={say("details.close")}
        aria-label={say("details.close")}
        onClick={() => desk.show({ showsDetails: false })}
        data-testid="details-close"
      >
        <Glyph name="close" />
      </button>
      {CARDS.map(({ id: name, View }) => (
        <Boundary key={name} say={say}>
          <View row={row} contact={contact} history={history} />
        </Boundary>
      ))}
    </aside>
  );
}

function known<Answer>(asked: Answer | "failed" | null): Answer | null {
  return asked === "failed" ? null : asked;
}
