import { Avatar } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive, useNow } from "../desk/live.ts";
import type { Row } from "../desk/rows.ts";
import { clockOf } from "../lists/sections.ts";
import { clockText, dayNumber, durationText, momentText, timeText } from "../time.ts";
import { Glyph } from "./glyph.tsx";

/** The user's name, or what a nameless user is called. */
export function useUserName(): (row: Row) => string {
  const { say } = useDesk();
  return ({ facts }) => facts.userName || say("row.visitor");
}

/** One conversation in a list; it is drawn again only when something about this conversation has changed. */
export function ConversationRow({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const name = useUserName()(row);
  const isSelected = useLive((one) => one.selected === row.id);
  const topic = useLive((one) => one.catalog.topicText(row.topic, say.locale));
  return useMemo(
    () => (
      <li>
        <button
          type="button"
          class={`row${row.unread > 0 ? " row-unread" : ""}`}
          aria-current={isSelected}
          onClick={() => desk.select(row.id)}
          data-testid="conversation-item"
          data-id={row.id}
          data-status={row.status}
        >
          <Avatar name={name} />
          <span class="row-top">
            <bdi class="row-name">{name}</bdi>
            {topic !== "" && <span class="row-topic">{topic}</span>}
            <RowClock row={row} />
          </span>
          <span class="row-bottom">
            <LastWordsOf row={row} name={name} />
            <Marks row={row} />
          </span>
        </button>
      </li>
    ),
    [row, isSelected, name, topic, say],
  );
}

function LastWordsOf({ row, name }: { row: Row; name: string }): JSX.Element {
  const { desk, say } = useDesk();
  const words = row.facts.lastWords;
  const agentName = useLive((one) => one.catalog.agentName(words?.id ?? name));
  if (row.isTyping) {
    return (
      <span class="row-words row-typing">
        <i class="dots" aria-hidden="true" /> {say("row.typing")}
      </span>
    );
  }
  if (words === null) return <span class="row-words">{say("row.no_words")}</span>;
  const text = words.removed ? say("removed.erased") : words.text;
  if (words.role === "user") return <bdi class="row-words">{text}</bdi>;
  const isOwn = words.role === "agent" && words.id === desk.me.id;
  const whose = words.role === "bot" ? say("who.bot") : agentName;
  return <bdi class="row-words">{isOwn ? say("row.you", { text }) : say("row.other", { name: whose, text })}</bdi>;
}

function Marks({ row }: { row: Row }): JSX.Element {
  const { say } = useDesk();
  const hasFailed = useLive((one) => one.client.hasFailed && one.client.outgoing(row.id).some((item) => item.state === "failed"));
  const hasDraft = useLive((one) => one.selected !== row.id && one.drafts.has(row.id));
  return (
    <span class="row-marks">
      {hasFailed && <span class="row-failed">{say("row.not_sent")}</span>}
      {hasDraft && (
        <span class="row-draft" title={say("row.draft")} data-testid="has-draft">
          <Glyph name="draft" size={14} />
        </span>
      )}
      {row.unread > 0 && row.status !== "closed" && (
        <span class="count" title={say("row.unread", { count: row.unread })} data-testid="unread">
          {row.unread > 99 ? "99+" : row.unread}
        </span>
      )}
    </span>
  );
}

/** How long somebody waits for an answer; where nobody does, when it was last heard of. */
function RowClock({ row }: { row: Row }): JSX.Element | null {
  const { desk, say } = useDesk();
  const now = useNow();
  const clock = row.agentId === desk.me.id ? clockOf(row, now) : null;
  const { lastAt } = row.facts;
  if (clock !== null) {
    const time = durationText(clock.elapsedMs, say.locale);
    return (
      <span
        class={`clock clock-${clock.urgency}`}
        title={say(clock.kind === "first_reply" ? "row.first_reply" : "row.waiting", { time })}
        data-testid="clock"
        data-kind={clock.kind}
      >
        {clockText(clock.elapsedMs)}
      </span>
    );
  }
  if (lastAt === 0) return null;
  const isToday = dayNumber(lastAt) === dayNumber(now);
  return <time class="row-time">{isToday ? timeText(lastAt, say.locale) : momentText(lastAt, say.locale)}</time>;
}
