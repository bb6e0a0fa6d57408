import { nameOf, timeline, type ChatClient, type ConversationLog } from "@chatserver/shared";
import { Avatar, Button, Composer, MessageList } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { UNADDRESSED, useDraft } from "./draft.ts";
import { Ending } from "./ending.tsx";
import { Header } from "./header.tsx";
import { Rating } from "./rating.tsx";
import type { Session } from "./session.ts";
import { Status } from "./status.tsx";
import type { Say } from "./texts/index.ts";
import { topicName, type Topic } from "./topics.ts";
import { useCommand } from "./use_command.ts";
import { Waiting } from "./waiting.tsx";

export interface ChatProps {
  session: Session;
  client: ChatClient;
  say: Say;
  /** Null while the conversation is being opened. */
  log: ConversationLog | null;
  topics: readonly Topic[];
  onLeave: () => void;
}

/** One conversation, from the first word to the rating. */
export function Chat(props: ChatProps): JSX.Element {
  const { session, client, say, log, topics, onLeave } = props;
  const outgoing = client.outgoing(log?.id ?? null);
  const entries = timelineOf(log, outgoing);
  const status = log?.status ?? "bot";
  const isClosed = status === "closed";
  useReading(client, log, session.isOpen);
  return (
    <div class="w-app" data-testid="chat" data-status={log === null ? "opening" : status}>
      <ChatHeader {...props} status={status} />
      <Status client={client} say={say} />
      {log !== null && <AgentAway client={client} log={log} say={say} />}
      <MessageList
        entries={entries}
        side="user"
        isOnline={client.link.name === "online"}
        say={say}
        onRetry={(key) => client.retry(key)}
        onDiscard={(key) => client.discard(key)}
        before={
          log !== null && log.view.topic !== "" ? (
            <p class="cs-line">{topicName(topics, log.view.topic, say.locale)}</p>
          ) : undefined
        }
        after={log !== null && isClosed ? <Rating key={log.id} client={client} log={log} say={say} /> : undefined}
      />
      <TypingLine log={log} say={say} />
      {log === null && <NotOpened client={client} say={say} />}
      {log !== null && <Standing client={client} log={log} say={say} />}
      {isClosed ? (
        <div class="w-bar">
          <Button kind="primary" onClick={onLeave} testId="new-conversation">
            {say("chat.new")}
          </Button>
        </div>
      ) : (
        <Writing client={client} log={log} say={say} isFocused={session.isOpen && hasKeyboard()} />
      )}
    </div>
  );
}

function timelineOf(log: ConversationLog | null, outgoing: ReturnType<ChatClient["outgoing"]>): ReturnType<typeof timeline> {
  // Outgoing items are few and change seldom, so what is remembered follows the log's version.
  const version = log?.version ?? 0;
  const stamp = outgoing.map((item) => `${item.key}${item.state}`).join();
  return useMemo(() => timeline(log, outgoing, "user"), [log, version, stamp]);
}

function ChatHeader(props: ChatProps & { status: string }): JSX.Element {
  const { session, client, say, log, onLeave, status } = props;
  const agent = log?.view.agent ?? null;
  const title = agent === null ? say("title") : nameOf({ role: "agent", name: agent.name }, say);
  return (
    <Header
      session={session}
      say={say}
      title={title}
      subtitle={subtitleOf(status, log, say)}
      mark={agent === null ? undefined : <Avatar name={title} />}
      {...(status === "closed" && { onBack: onLeave })}
    >
      {log !== null && status !== "closed" && <Ending client={client} log={log} say={say} />}
    </Header>
  );
}

function subtitleOf(status: string, log: ConversationLog | null, say: Say): string {
  if (log === null) return say("chat.opening");
  if (status === "closed") return say("chat.closed");
  if (status === "bot") return say("chat.with_assistant");
  if (log.view.agent === null) return say("chat.waiting");
  return say(log.view.agent.tier > 1 ? "chat.with_specialist" : "chat.with_agent");
}

function AgentAway(props: { client: ChatClient; log: ConversationLog; say: Say }): JSX.Element | null {
  const agent = props.log.view.agent;
  const known = agent === null ? undefined : props.client.presence.get(agent.id);
  if (agent === null || known === undefined || known.status !== "offline") return null;
  return (
    <p class="w-status" role="status" data-testid="agent-away">
      {props.say("chat.agent_away", { name: agent.name })}
    </p>
  );
}

function TypingLine({ log, say }: { log: ConversationLog | null; say: Say }): JSX.Element {
  const typing = [...(log?.typing.values() ?? [])].find((one) => one.by.role !== "user");
  return (
    <p class="cs-typing" aria-live="off" data-testid="typing">
      {typing !== undefined && say("typing.one", { name: nameOf(typing.by, say) })}
    </p>
  );
}

/** What stands between the messages and the box: the queue, or the way to a person. */
function Standing({ client, log, say }: { client: ChatClient; log: ConversationLog; say: Say }): JSX.Element | null {
  const ask = useCommand();
  if (log.status === "waiting" || log.status === "offered") {
    return <Waiting client={client} log={log} say={say} />;
  }
  if (log.status !== "bot") return null;
  return (
    <div class="w-bar">
      <Button
        onClick={() => ask.run(() => client.command("request_agent", { conversation: log.id }))}
        disabled={ask.isBusy}
        testId="want-agent"
      >
        {say(ask.isBusy ? "chat.asking" : "chat.person")}
      </Button>
      {ask.error !== null && <p role="alert">{say(`error.${ask.error}`)}</p>}
    </div>
  );
}

/** On a phone the cursor would call up a keyboard that nobody asked for. */
function hasKeyboard(): boolean {
  return window.matchMedia("(pointer: fine)").matches;
}

/** A conversation without words that the server refused to open; with words, the words say so. */
function NotOpened({ client, say }: { client: ChatClient; say: Say }): JSX.Element | null {
  const start = client.outgoing(null).find((item) => item.state === "failed" && item.text === "");
  if (start === undefined) return null;
  return (
    <div class="w-bar" role="alert">
      <p>{say(`error.${start.error ?? "retry"}`)}</p>
      <Button kind="primary" onClick={() => client.retry(start.key)} testId="retry">
        {say("action.retry")}
      </Button>
      <Button onClick={() => client.discard(start.key)} testId="discard">
        {say("chat.back")}
      </Button>
    </div>
  );
}

interface WritingProps {
  client: ChatClient;
  log: ConversationLog | null;
  say: Say;
  isFocused: boolean;
}

function Writing({ client, log, say, isFocused }: WritingProps): JSX.Element {
  const [draft, setDraft] = useDraft(client, log?.id ?? UNADDRESSED);
  const isWaiting = log !== null && log.status !== "bot" && log.view.agent === null;
  const label = say(isWaiting ? "chat.write_waiting" : "chat.write");
  return (
    <Composer
      value={draft}
      label={label}
      say={say}
      isFocused={isFocused}
      onChange={(text) => {
        setDraft(text);
        // Only a person has a use for what is not sent yet.
        if (log !== null) client.typed(log.id, text === "", log.status === "active" ? text : undefined);
      }}
      onSend={(text) => {
        client.say(log?.id ?? null, text);
        setDraft("");
      }}
    />
  );
}

/** Tells the other side what was seen, when somebody can have seen it. */
function useReading(client: ChatClient, log: ConversationLog | null, isOpen: boolean): void {
  const last = log?.view.last.public ?? 0;
  useEffect(() => {
    const read = (): void => {
      const isSeen = isOpen && document.visibilityState === "visible";
      if (log !== null && isSeen && client.link.name === "online") client.markRead(log.id);
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [client, log, isOpen, last, client.link.name]);
}
