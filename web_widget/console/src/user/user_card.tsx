import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import type { Row } from "../desk/rows.ts";
import { Card, Fact } from "../view/card.tsx";
import { useUserName } from "../view/conversation_row.tsx";
import type { Contact, History } from "./types.ts";
import { useAsked } from "./use_asked.ts";
import { ProfileCard } from "./profile.tsx";
import { EarlierContacts } from "./earlier.tsx";

/** Who the user is, what they told before, and how earlier contacts went. */
export function UserCards({ row }: { row: Row }): JSX.Element {
  const { userId } = row.facts;
  const contact = useAsked<Contact>(`conversations/${row.id}/contact`, row.facts.moves);
  const history = useAsked<History>(userId === "" ? null : `users/${encodeURIComponent(userId)}/history?limit=20`, row.status);
  return (
    <>
      <UserCard row={row} history={history} />
      <ProfileCard user={userId} conversation={row.id} />
      {contact !== null && contact !== "failed" && <Intake contact={contact} />}
      {history !== null && history !== "failed" && <EarlierContacts history={history} present={row.id} />}
    </>
  );
}

function UserCard({ row, history }: { row: Row; history: History | "failed" | null }): JSX.Element {
  const { say } = useDesk();
  const name = useUserName()(row);
  const { userId, locale } = row.facts;
  const user = history === null || history === "failed" ? null : history.user;
  return (
    <Card title={say("details.user")}>
      <dl>
        <Fact name={say("details.name")}>
          <bdi>{name}</bdi>
        </Fact>
        <Fact name={say("details.id")}>
          <code>{userId || say("details.none")}</code>
        </Fact>
        {user?.kind !== undefined && (
          <Fact name={say("details.identity")}>
            <span class={`identity identity-${user.kind}`} data-testid="identity" data-kind={user.kind}>
              {say(`identity.${user.kind}`)}
            </span>
            {user.vip === true && <span class="row-topic">VIP</span>}
          </Fact>
        )}
        <Fact name={say("details.language")}>{languageText(locale, say.locale) || say("details.none")}</Fact>
      </dl>
    </Card>
  );
}

/** What the user answered before an agent came; names of the host app's own are shown as they are. */
function Intake({ contact }: { contact: Contact }): JSX.Element | null {
  const { desk, say } = useDesk();
  const answers = Object.entries(contact.attributes);
  if (answers.length === 0) return null;
  return (
    <Card title={say("details.intake")}>
      <dl data-testid="intake">
        {answers.map(([name, value]) => (
          <Fact key={name} name={desk.catalog.fieldText(contact.topic, name, say.locale)}>
            <bdi>{value}</bdi>
          </Fact>
        ))}
      </dl>
    </Card>
  );
}

function languageText(locale: string, shownIn: string): string {
  if (locale === "") return "";
  try {
    return new Intl.DisplayNames([shownIn], { type: "language" }).of(locale) ?? locale;
  } catch {
    return locale;
  }
}
