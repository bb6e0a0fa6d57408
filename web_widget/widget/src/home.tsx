import { durationText, type ChatClient } from "@chatserver/shared";
import { Button, Composer, Icon, Notice } from "@chatserver/shared/ui";
import { clock, history as historyIcon, shield } from "@chatserver/shared/ui/icons";
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { attributesOf, isMissing, type Answers } from "./answers.ts";
import { LEAVING, UNADDRESSED, useDraft } from "./draft.ts";
import { Header } from "./header.tsx";
import { Earlier, History, Intake, SecretWarning } from "./parts.ts";
import type { Session } from "./session.ts";
import { Status } from "./status.tsx";
import type { Say } from "./texts/index.ts";
import { awayText, topicName, type Availability, type Topic } from "./topics.ts";
import { useShield } from "./use_shield.ts";

export interface HomeProps {
  session: Session;
  client: ChatClient;
  say: Say;
  topics: readonly Topic[];
  availability: Availability | null;
  onChoose: (conversation: string) => void;
}

/** A greeting of more letters is read, not seen. */
const LONG = 80;

/** The start: what is it about, and who should help? A person is one tap away. */
export function Home({ session, client, say, topics, availability, onChoose }: HomeProps): JSX.Element {
  const [topic, setTopic] = useState<string | null>(null);
  const [answers, setAnswers] = useState<Answers>({});
  const [tries, setTries] = useState(0);
  const [isLooking, look] = useState(false);
  const [text, setText] = useDraft(client, UNADDRESSED);
  const wantsAgent = useRef(false);
  const questions = topics.find(({ id }) => id === topic)?.fields ?? [];
  const begin = (wantAgent: boolean): void => {
    // The assistant asks by itself; a person shall not have to.
    if (wantAgent && questions.some((one) => isMissing(one, answers))) return setTries(tries + 1);
    wantsAgent.current = wantAgent;
    shielded.send(text);
  };
  const open = (written: string): void => {
    const attributes = attributesOf(questions, answers);
    if (wantsAgent.current && availability?.open === false) client.keepsake.set(LEAVING, "1");
    client.open({
      ...(topic !== null && { topic }),
      text: written.trim(),
      ...(Object.keys(attributes).length > 0 && { attributes }),
      want_agent: wantsAgent.current,
    });
  };
  const shielded = useShield(text, setText, open);
  const greeting = say("own.greeting");
  return (
    <div class="w-app" data-testid="home">
      <Header session={session} say={say} title={say("title")} />
      <Status client={client} say={say} />
      <main class="w-home">
        <h2 class={greeting.length > LONG ? "w-lead" : "w-greeting"} data-testid="greeting">
          {greeting}
        </h2>
        <p class="w-promise">
          <Icon path={shield} size={18} />
          <span>{say("home.promise")}</span>
        </p>
        {availability?.open === false && (
          <Notice kind="info" path={clock} testId="closed-now">
            <strong>{awayText(availability, say)}</strong> {say("own.closed")}
          </Notice>
        )}
        <TopicChoice say={say} topics={topics} chosen={topic} onChoose={(id) => (setTopic(id), setTries(0))} />
        {questions.length > 0 && <Intake questions={questions} answers={answers} tries={tries} say={say} onChange={setAnswers} />}
        <div class="w-choices">
          <Button kind="primary" onClick={() => begin(true)} testId="want-agent">
            {say(availability?.open === false ? "elsewhere.leave" : "home.person")}
          </Button>
          {availability?.open === true && availability.estimate_s !== null && (
            <p class="w-quiet w-centre">{say("home.wait", { time: durationText(availability.estimate_s, say) })}</p>
          )}
          <Button onClick={() => begin(false)} testId="start-bot">
            {say("home.assistant")}
          </Button>
        </div>
        {client.conversations.size > 0 && <Earlier client={client} say={say} topics={topics} onChoose={onChoose} />}
        <Button kind="bare" onClick={() => look(true)} aria-haspopup="dialog" testId="history-open">
          <Icon path={historyIcon} size={18} />
          {say("home.history")}
        </Button>
      </main>
      <Composer
        value={text}
        onChange={setText}
        onSend={() => begin(false)}
        say={say}
        label={say("home.write")}
        above={shielded.findings !== null && <SecretWarning {...shielded} findings={shielded.findings} say={say} />}
      />
      {isLooking && <History session={session} say={say} topics={topics} onChoose={onChoose} onClose={() => look(false)} />}
    </div>
  );
}

interface TopicChoiceProps {
  say: Say;
  topics: readonly Topic[];
  chosen: string | null;
  onChoose: (topic: string | null) => void;
}

/** All topics, or the chosen one alone, so that its questions stand where the eye is. */
function TopicChoice({ say, topics, chosen, onChoose }: TopicChoiceProps): JSX.Element | null {
  if (topics.length === 0) return null;
  const hasForm = (topics.find(({ id }) => id === chosen)?.fields ?? []).length > 0;
  const shown = hasForm ? topics.filter(({ id }) => id === chosen) : topics;
  return (
    <fieldset class={hasForm ? "w-tiles w-tiles-one" : "w-tiles"}>
      <legend>{say("home.topics")}</legend>
      {shown.map(({ id }) => (
        <button
          key={id}
          type="button"
          class="w-tile"
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
