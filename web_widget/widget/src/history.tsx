import { timeText, type Conversation } from "@chatserver/shared";
import { Button, Skeleton } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { apiOf } from "./http.ts";
import type { Session } from "./session.ts";
import { Sheet } from "./sheet.ts";
import type { Say } from "./texts/index.ts";
import { topicName, type Topic } from "./topics.ts";
import { useCommand } from "./use_command.ts";
import "./styles/earlier.css";

interface Earlier extends Conversation {
  readonly started_at: number;
}

interface Page {
  readonly conversations: readonly Earlier[];
  readonly next?: string | null;
}

export interface HistoryProps {
  session: Session;
  say: Say;
  topics: readonly Topic[];
  onChoose: (conversation: string) => void;
  onClose: () => void;
}

const PAGE = 20;

/** Every conversation of this person, the latest first, a page at a time. */
export function History({ session, say, topics, onChoose, onClose }: HistoryProps): JSX.Element {
  const [found, setFound] = useState<readonly Earlier[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const ask = useCommand();
  const load = (cursor: string | null): void =>
    ask.run(async () => {
      const rest = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await apiOf(session).get<Page>(`/api/v1/conversations?limit=${PAGE}${rest}`);
      setFound((before) => [...(before ?? []), ...page.conversations]);
      setNext(page.next ?? null);
    });
  useEffect(() => load(null), []);
  const choose = (conversation: Earlier): void => {
    session.client?.follow(conversation);
    onChoose(conversation.id);
    onClose();
  };
  return (
    <Sheet title={say("home.history")} closeLabel={say("sheet.close")} onClose={onClose} testId="history">
      {found === null && ask.error === null && <Skeleton lines={4} />}
      {found?.length === 0 && <p class="w-quiet">{say("history.none")}</p>}
      <ul class="w-earlier">
        {found?.map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => choose(one)} data-testid="history-item">
              <span class="w-earlier-topic">{one.topic === "" ? say("home.earlier_topicless") : topicName(topics, one.topic, say.locale)}</span>
              <span class="w-earlier-when">{timeText(one.started_at, Date.now(), say)}</span>
              <span class="w-earlier-last">{say(one.status === "closed" ? "chat.closed" : "history.open")}</span>
            </button>
          </li>
        ))}
      </ul>
      {ask.error !== null && <p role="alert">{say(`error.${ask.error}`)}</p>}
      {(next !== null || ask.error !== null) && (
        <Button place="w-wide" disabled={ask.isBusy} onClick={() => load(next)} testId="history-more">
          {say(ask.error === null ? "history.more" : "action.retry")}
        </Button>
      )}
    </Sheet>
  );
}
