import type { PastContact } from "@chatserver/shared";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { momentText } from "../time.ts";
import { Card } from "./card.tsx";
import type { CardProps } from "./cards.tsx";

/** Earlier contacts of the user with what came of them, the latest first. */
export function EarlierContacts({ history, row }: CardProps): JSX.Element | null {
  const { say } = useDesk();
  if (history === null) return null;
  const earlier = history.contacts.filter(({ id }) => id !== row.id);
  return (
    <Card id="earlier" title={say("details.earlier")}>
      {earlier.length === 0 && <p class="quiet">{say("details.first_contact")}</p>}
      <ol class="earlier" data-testid="earlier-contacts">
        {earlier.map((one) => (
          <EarlierRow key={one.id} one={one} />
        ))}
      </ol>
    </Card>
  );
}

function EarlierRow({ one }: { one: PastContact }): JSX.Element {
  const { desk, say } = useDesk();
  const topic = desk.catalog.topicText(one.topic, say.locale);
  const outcome = one.disposition === undefined ? say(`status.${one.status}`) : desk.catalog.outcomeText(one.disposition, say);
  return (
    <li>
      <button type="button" onClick={() => desk.select(one.id)} data-testid="earlier-contact" data-id={one.id}>
        <span class="earlier-top">
          <bdi>{topic || one.first_text || say("row.no_words")}</bdi>
          <time>{momentText(one.started_at, say.locale)}</time>
        </span>
        <span class="quiet">
          {[outcome, one.agent?.name].filter(Boolean).join(" · ")}
          {one.score !== undefined && <span aria-label={say("details.score", { score: one.score })}>{` · ★${one.score}`}</span>}
        </span>
        {one.tags.length > 0 && (
          <span class="tags">
            {one.tags.map((tag) => (
              <span key={tag} class="tag">
                {desk.catalog.tagText(tag, say.locale)}
              </span>
            ))}
          </span>
        )}
      </button>
    </li>
  );
}
