import { nameOf, timeline, type ChatClient, type ConversationLog, type Message } from "@chatserver/shared";
import { Avatar, Button, MessageList, Verified } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Header } from "./header.tsx";
import { Ending, FilesIn, FilesOut, Rating, Transcript } from "./parts.ts";
import { openConversation } from "./place.ts";
import type { Session } from "./session.ts";
import { isParked, Standing } from "./standing.tsx";
import { Status } from "./status.tsx";
import type { Say } from "./texts/index.ts";
import { topicName, type Availability, type Topic } from "./topics.ts";
import { useDrop } from "./use_drop.ts";
import { useReading } from "./use_reading.ts";
import { useFiles, Writing } from "./writing.tsx";
import "@chatserver/shared/ui/people.css";
import "@chatserver/shared/ui/talk.css";
import "./styles/chat.css";

export interface ChatProps {
  session: Session;
  client: ChatClient;
  say: Say;
  /** Null while the conversation is being opened. */
  log: ConversationLog | null;
  topics: readonly Topic[];
  availability: Availability | null;
  onLeave: () => void;
}

/** One conversation, from the first word to the rating. */
export function Chat(props: ChatProps): JSX.Element {
  const { session, client, say, log, topics, availability, onLeave } = props;
  const [answering, answer] = useState<Message | null>(null);
  const files = useFiles(session);
  const outgoing = client.outgoing(log?.id ?? null);
  const entries = timelineOf(log, outgoing);
  const status = log?.status ?? "bot";
  const isClosed = status === "closed";
  const drop = useDrop(isClosed ? null : files.add);
  useReading(client, log, session.isOpen);
  return (
    <div class="w-app" data-testid="chat" data-status={log === null ? "opening" : status} {...drop.listeners}>
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
        {...(!isClosed && { onReply: answer })}
        drawFiles={(received) => <FilesIn files={received} source={session.files} say={say} />}
        drawOutgoing={(item) => <FilesOut client={client} item={item} source={session.files} say={say} />}
        before={<Topmost log={log} topics={topics} say={say} />}
        after={log !== null && isClosed ? <Afterwards key={log.id} session={session} client={client} log={log} say={say} /> : undefined}
      />
      <TypingLine log={log} say={say} />
      {log === null && <NotOpened client={client} say={say} />}
      {log !== null && <Standing client={client} log={log} say={say} availability={availability} />}
      {isClosed ? (
        <div class="w-bar w-bar-last">
          <Button kind="primary" onClick={onLeave} testId="new-conversation">
            {say("chat.new")}
          </Button>
        </div>
      ) : (
        <Writing
          session={session}
          client={client}
          log={log}
          say={say}
          isFocused={session.isOpen && hasKeyboard()}
          answering={answering}
          onAnswered={() => answer(null)}
          files={files}
        />
      )}
      {drop.isOver && <div class="w-drop">{say("file.drop")}</div>}
    </div>
  );
}

function timelineOf(log: ConversationLog | null, outgoing: ReturnType<ChatClient["outgoing"]>): ReturnType<typeof timeline> {
  // Outgoing items are few and change seldom, so what is remembered follows the log's version.
  const version = log?.version ?? 0;
  const stamp = outgoing.map((item) => `${item.key}${item.state}`).join();
  return useMemo(() => timeline(log, outgoing, "user"), [log, version, stamp]);
}

function Topmost({ log, topics, say }: { log: ConversationLog | null; topics: readonly Topic[]; say: Say }): JSX.Element | null {
  if (log === null || log.view.topic === "") return null;
  return <p class="cs-line">{topicName(topics, log.view.topic, say.locale)}</p>;
}

/** What remains when a conversation has ended: how it was, and a copy to keep. */
function Afterwards(props: { session: Session; client: ChatClient; log: ConversationLog; say: Say }): JSX.Element {
  return (
    <>
      <Rating {...props} />
      <Transcript {...props} />
    </>
  );
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
      seal={agent === null ? undefined : <Verified label={say("chat.verified")} />}
      {...(status === "closed" && { onBack: onLeave })}
      menu={(close, say) => {
        // Opened while the conversation was, it learns of it, too.
        const open = log ?? openConversation(client.conversations);
        if (open === null || open.status === "closed") return null;
        return (
          <>
            <Transcript session={session} log={open} say={say} />
            <Ending client={client} log={open} say={say} onEnded={close} />
          </>
        );
      }}
    />
  );
}

function subtitleOf(status: string, log: ConversationLog | null, say: Say): string {
  if (log === null) return say("chat.opening");
  if (status === "closed") return say("chat.closed");
  if (status === "bot") return say("chat.with_assistant");
  if (log.view.agent === null) return say(isParked(log) ? "parked.subtitle" : "chat.waiting");
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
      {typing !== undefined && (
        <>
          <span class="cs-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {say("typing.one", { name: nameOf(typing.by, say) })}
        </>
      )}
    </p>
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
