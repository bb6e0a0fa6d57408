import { timeText, type ChatClient, type ConversationLog } from "@chatserver/shared";
import type { JSX } from "preact";
import { earlier, lastAt } from "./earlier.ts";
import type { Say } from "./texts/index.ts";
import { topicName, type Topic } from "./topics.ts";
import "./styles/earlier.css";

interface EarlierProps {
  client: ChatClient;
  say: Say;
  topics: readonly Topic[];
  onChoose: (conversation: string) => void;
}

/** What was talked about before, for those who come back. */
export function Earlier({ client, say, topics, onChoose }: EarlierProps): JSX.Element | null {
  const logs = earlier(client.conversations);
  if (logs.length === 0) return null;
  return (
    <section>
      <h3 class="w-heading">{say("home.earlier")}</h3>
      <ul class="w-earlier">
        {logs.map((log) => (
          <li key={log.id}>
            <button type="button" data-testid="earlier" onClick={() => onChoose(log.id)}>
              <span class="w-earlier-topic">
                {log.view.topic === "" ? say("home.earlier_topicless") : topicName(topics, log.view.topic, say.locale)}
              </span>
              <span class="w-earlier-last" dir="auto">
                {lastWords(log)}
              </span>
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
