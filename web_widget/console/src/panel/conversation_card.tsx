import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { momentText } from "../time.ts";
import { Card, Fact } from "./card.tsx";
import type { CardProps } from "./cards.tsx";

/** Where the conversation stands. */
export function ConversationCard({ row }: CardProps): JSX.Element {
  const { desk, say } = useDesk();
  const { view } = row.log;
  return (
    <Card id="conversation" title={say("details.conversation")}>
      <dl>
        <Fact name={say("details.topic")}>{desk.catalog.topicText(row.topic, say.locale) || say("details.none")}</Fact>
        <Fact name={say("search.status")}>{say(`status.${row.status}`)}</Fact>
        <Fact name={say("details.tier")}>{say(row.tier === 2 ? "tier_name.2" : "tier_name.1")}</Fact>
        <Fact name={say("details.agent")}>
          <bdi>{row.agentName || say("details.none")}</bdi>
        </Fact>
        {view.supervisors.length > 0 && (
          <Fact name={say("details.supervisors")}>{view.supervisors.map((one) => desk.catalog.agentName(one)).join(", ")}</Fact>
        )}
        {view.disposition !== null && (
          <Fact name={say("details.outcome")}>
            <bdi data-testid="outcome">{desk.catalog.outcomeText(view.disposition, say)}</bdi>
          </Fact>
        )}
        {row.facts.startedAt > 0 && (
          <Fact name={say("details.started")}>{momentText(row.facts.startedAt, say.locale)}</Fact>
        )}
        <Fact name={say("details.id")}>
          <code data-testid="conversation-id">{row.id}</code>
        </Fact>
      </dl>
    </Card>
  );
}
