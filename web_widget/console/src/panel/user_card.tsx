import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { useUserName } from "../view/conversation_row.tsx";
import { Card, Fact } from "./card.tsx";
import type { CardProps } from "./cards.tsx";
import { DEVICE } from "./intake.tsx";

/** Who the user is. */
export function UserCard({ row, contact, history }: CardProps): JSX.Element {
  const { say } = useDesk();
  const name = useUserName()(row);
  const { userId, locale } = row.facts;
  const user = contact?.user ?? history?.user;
  const device = contact?.attributes[DEVICE];
  return (
    <Card id="user" title={say("details.user")}>
      <dl>
        <Fact name={say("details.name")}>
          <bdi>{name}</bdi>
        </Fact>
        <Fact name={say("details.id")}>
          <code>{userId || say("details.none")}</code>
        </Fact>
        {user !== undefined && (
          <Fact name={say("details.identity")}>
            <span class={`identity identity-${user.kind}`} data-testid="identity" data-kind={user.kind}>
              {say(`identity.${user.kind}`)}
            </span>
            {user.vip && <span class="row-topic">VIP</span>}
          </Fact>
        )}
        <Fact name={say("details.language")}>{languageText(locale, say.locale) || say("details.none")}</Fact>
        {device !== undefined && (
          <Fact name={say("details.device")}>
            <bdi data-testid="device">{device}</bdi>
          </Fact>
        )}
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
