import { timeText, type ChatClient, type ConversationLog } from "@chatserver/shared";
import { Button, Composer } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { UNADDRESSED, useDraft } from "./draft.ts";
import { Header } from "./header.tsx";
import { earlier, lastAt } from "./place.ts";
import type { Session } from "./session.ts";
import { Status } from "./status.tsx";
import type { Say } from "./texts/index.ts";
import { topicName, type Topic } from "./topics.ts";

export interface HomeProps {
  session: Session;
  client: ChatClient;
  say: Say;
  topics: readonly Topic[];
  onChoose: (conversation: string) => void;
}

/** The start: what is it about, and who should help? A person is one tap away. */
export function Home({ session, client, say, topics, onChoose }: HomeProps): JSX.Element {
  const [topic, setTopic] = useState<string | null>(null);
  const [text, setText] = useDraft(client, UNADDRESSED);
  const begin = (wantAgent: boolean): void => {
    const words = text.trim();
    client.open({
      ...(topic !== null && { topic }),
      ...(words !== "" && { text: words }),
      ...(wantAgent && { want_agent: true }),
    });
    setText("");
  };
  return (
    <div class="w-app" data-testid="home">
      <Header session={session} say={say} title={say("title")} />
      <Status client={client} say={say} />
      <main class="w-home">
        <h2 class="w-greeting">{say("home.greeting")}</h2>
        <p class="w-promise">{say("home.promise")}</p>
        <TopicChoice say={say} topics={topics} chosen={topic} onChoose={setTopic} />
        <div class="w-choices">
          <Button kind="primary" onClick={() => begin(true)} testId="want-agent">
            {say("home.person")}
          </Button>
          <Button onClick={() => begin(false)} testId="start-bot">
            {say("home.assistant")}
          </Button>
        </div>
        <Earlier logs={earlier(client.conversations)} say={say} topics={topics} onChoose={onChoose} />
      </main>
      <Composer value={text} onChange={setText} onSend={() => begin(false)} say={say} label={say("home.write")} />
    </div>
  );
}

interface TopicChoiceProps {
  say: Say;
  topics: readonly Topic[];
  chosen: string | null;
  onChoose: (topic: string | null) => void;
}

function TopicChoice({ say, topics, chosen, onChoose }: TopicChoiceProps): JSX.Element | null {
  if (topics.length === 0) return null;
  return (
    <fieldset class="w-topics">
      <legend>{say("home.topics")}</legend>
      {topics.map(({ id }) => (
        <button
          key={id}
          type="button"
          class="w-topic"
          aria-pressed={id === chosen}
          data-testid="topic"
          data-topic={id}
          onClick={() => onChoose(id === chosen ? null : id)}
        >
          {topicName(topics, id, say.locale)}
        </button>
      ))}
    </fieldset>
  );
}

interface EarlierProps {
  logs: readonly ConversationLog[];
  say: Say;
  topics: readonly Topic[];
  onChoose: (conversation: string) => void;
}

function Earlier({ logs, say, topics, onChoose }: EarlierProps): JSX.Element | null {
  if (logs.length === 0) return null;
  return (
    <section class="w-earlier">
      <h3>{say("home.earlier")}</h3>
      <ul>
        {logs.map((log) => (
          <li key={log.id}>
            <button type="button" data-testid="earlier" onClick={() => onChoose(log.id)}>
              <span class="w-earlier-topic">
                {log.view.topic === "" ? say("home.earlier_topicless") : topicName(topics, log.view.topic, say.locale)}
              </span>
              <span class="w-earlier-last">{lastWords(log)}</span>
              <span class="w-earlier-when">
                {timeText(lastAt(log), Date.now(), say)}
                {log.view.score === null && ` · ${say("home.earlier_unrated")}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function lastWords(log: ConversationLog): string {
  const { messages } = log.view;
  return messages[messages.length - 1]?.text ?? "";
}
