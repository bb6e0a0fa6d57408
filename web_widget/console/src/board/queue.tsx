import { Avatar } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { useNow } from "../desk/live.ts";
import { LATE_MS } from "../lists/sections.ts";
import { clockText, durationText } from "../time.ts";
import { Menu } from "../view/menu.tsx";
import { waitingItems } from "./menus.ts";
import type { Board as BoardNow, BoardLane as LaneNow, BoardWaiting as WaitingUser } from "@chatserver/shared";
import { useWords } from "./words.ts";

/** Who waits, by tier and skill, with ages. */
export function QueueBoard({ board }: { board: BoardNow }): JSX.Element {
  const words = useWords();
  return (
    <section class="panel" data-testid="board-queue">
      <h2>
        {words("queue.title")}
        <span class="list-count">{board.waiting.length}</span>
      </h2>
      <div class="board-lanes">
        {board.lanes
          .filter(({ waiting }) => waiting > 0)
          .map((lane) => (
            <LaneView key={`${lane.tier} ${lane.skill}`} lane={lane} />
          ))}
      </div>
      {board.waiting.length === 0 && <p class="lists-empty">{words("queue.empty")}</p>}
      <ul class="plain-list">
        {board.waiting.map((one) => (
          <WaitingRow key={one.conversation} one={one} />
        ))}
      </ul>
    </section>
  );
}

function LaneView({ lane }: { lane: LaneNow }): JSX.Element {
  const { say } = useDesk();
  const words = useWords();
  const now = useNow();
  const ageMs = lane.oldest_at === null ? null : Math.max(0, now - lane.oldest_at);
  return (
    <p class={`lane${ageMs !== null && ageMs >= LATE_MS ? " lane-late" : ""}`}>
      <b>{lane.waiting}</b>
      <span>{say(lane.tier === 2 ? "tier_name.2" : "tier_name.1")}</span>
      {lane.skill !== "" && <bdi class="row-topic">{lane.skill}</bdi>}
      {ageMs !== null && <small>{words("queue.oldest", { time: durationText(ageMs, say.locale) })}</small>}
    </p>
  );
}

function WaitingRow({ one }: { one: WaitingUser }): JSX.Element {
  const { desk, say } = useDesk();
  const words = useWords();
  const now = useNow();
  const waitedMs = Math.max(0, now - one.queued_at);
  const name = one.user.name || say("row.visitor");
  const topic = desk.catalog.topicText(one.topic, say.locale);
  const facts = [
    say(one.tier === 2 ? "tier_name.2" : "tier_name.1"),
    one.skill,
    topic,
    one.priority > 0 ? words("queue.priority", { n: one.priority }) : "",
    one.parked ? words("queue.parked") : "",
  ];
  return (
    <li class="board-row" data-testid="board-waiting" data-id={one.conversation}>
      <button type="button" class="board-row-main" onClick={() => desk.select(one.conversation)}>
        <Avatar name={name} />
        <span>
          <bdi class="row-name">{name}</bdi>
          <span class="row-words">{facts.filter(Boolean).join(" · ")}</span>
        </span>
      </button>
      <span class={`clock${waitedMs >= LATE_MS ? " clock-late" : ""}`}>{clockText(waitedMs)}</span>
      {desk.isSupervisor && <Menu label={words("menu.chat")} items={waitingItems(desk, one.conversation, words)} testId="waiting-menu" />}
    </li>
  );
}
