import { Avatar, Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive, useNow } from "../desk/live.ts";
import { clockText } from "../time.ts";
import { Load } from "../view/load.tsx";
import { Menu } from "../view/menu.tsx";
import { inOrder, isLate, owedSince } from "./facts.ts";
import { agentItems, servedItems } from "./menus.ts";
import type { Board as BoardNow, BoardAgent as AgentNow, BoardConversation as ServedChat } from "@chatserver/shared";
import { useWords } from "./words.ts";

/** Who works, how much they have, and who waits too long for them. */
export function AgentsBoard({ board }: { board: BoardNow }): JSX.Element {
  const words = useWords();
  const [showsAll, setShowsAll] = useState(false);
  const agents = inOrder(board.agents);
  const here = agents.filter(({ status, active }) => status !== "offline" || active > 0);
  const count = (status: AgentNow["status"]): number => agents.filter((one) => one.status === status).length;
  return (
    <section class="panel" data-testid="board-agents">
      <h2>
        {words("agents.title")}
        <span class="list-count">{words("agents.count", { available: count("available"), away: count("away") })}</span>
      </h2>
      <ul class="agent-cards">
        {(showsAll ? agents : here).map((agent) => (
          <AgentCard key={agent.id} agent={agent} />
        ))}
      </ul>
      {!showsAll && here.length < agents.length && (
        <Button kind="bare" isSmall onClick={() => setShowsAll(true)} testId="show-offline">
          {words("agents.show_offline", { count: agents.length - here.length })}
        </Button>
      )}
    </section>
  );
}

function AgentCard({ agent }: { agent: AgentNow }): JSX.Element {
  const { desk, say } = useDesk();
  const words = useWords();
  const { id, name, tier, skills, status, active, capacity, conversations } = agent;
  const reason = useLive((one) => (agent.reason === undefined ? "" : one.catalog.awayText(agent.reason, say.locale)));
  const isWrappingUp = (agent.wrap_up_until ?? 0) > desk.now;
  const about = [say(`presence.${status}`), reason, isWrappingUp ? words("agents.wrap_up") : ""].filter(Boolean).join(" · ");
  return (
    <li class={`agent-card agent-${status}`} data-testid="board-agent" data-id={id} data-status={status}>
      <div class="agent-head">
        <Avatar name={name} isSmall />
        <span class="agent-name">
          <bdi>{name}</bdi>
          <small>{[say(tier === 2 ? "tier_name.2" : "tier_name.1"), ...skills].join(" · ")}</small>
        </span>
        <span class="agent-state">
          <span class={`dot dot-${status}`}>{about}</span>
          <span class="agent-load" title={words("agents.load", { active, capacity })}>
            <Load active={active} capacity={capacity} />
            {active}/{capacity}
          </span>
        </span>
        {desk.isSupervisor && <Menu label={words("menu.agent", { name })} items={agentItems(desk, agent, words)} testId="agent-menu" />}
      </div>
      {conversations.length > 0 && (
        <ul class="plain-list agent-chats">
          {conversations.map((chat) => (
            <ServedRow key={chat.id} chat={chat} />
          ))}
        </ul>
      )}
    </li>
  );
}

function ServedRow({ chat }: { chat: ServedChat }): JSX.Element {
  const { desk, say } = useDesk();
  const words = useWords();
  const now = useNow();
  const since = owedSince(chat);
  const topic = desk.catalog.topicText(chat.topic, say.locale);
  return (
    <li class="board-row" data-testid="board-chat" data-id={chat.id}>
      <button type="button" class="board-row-main" onClick={() => desk.select(chat.id)}>
        <bdi class="row-name">{chat.user.name || say("row.visitor")}</bdi>
        {topic !== "" && <span class="row-topic">{topic}</span>}
      </button>
      {since !== null && <span class={`clock${isLate(chat, now) ? " clock-late" : ""}`}>{clockText(Math.max(0, now - since))}</span>}
      {desk.isSupervisor && <Menu label={words("menu.chat")} items={servedItems(desk, chat.id, words)} testId="chat-menu" />}
    </li>
  );
}
