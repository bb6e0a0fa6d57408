import type { ChatClient, ConversationLog, RateConversation } from "@chatserver/shared";
import { Button, Icon, TextField } from "@chatserver/shared/ui";
import { star } from "@chatserver/shared/ui/icons";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Say } from "./texts/index.ts";
import { useCommand } from "./use_command.ts";
import "@chatserver/shared/ui/fields.css";
import "./styles/rating.css";

type Answers = Omit<RateConversation, "conversation" | "score"> & { score: number | null };

/** The survey after a conversation. Only the score is asked for; the rest is a gift. */
export function Rating({ client, log, say }: { client: ChatClient; log: ConversationLog; say: Say }): JSX.Element {
  const [isChanging, setChanging] = useState(false);
  return (
    <>
      <p class="w-farewell" data-testid="farewell">
        {say("own.farewell")}
      </p>
      {log.view.score === null || isChanging ? (
        <Survey client={client} log={log} say={say} onDone={() => setChanging(false)} />
      ) : (
        <section class="w-rating" data-testid="rated">
          <p>{say("rate.thanks")}</p>
          <Button kind="bare" isSmall onClick={() => setChanging(true)} testId="rate-change">
            {say("rate.change")}
          </Button>
        </section>
      )}
    </>
  );
}

interface SurveyProps {
  client: ChatClient;
  log: ConversationLog;
  say: Say;
  onDone: () => void;
}

function Survey({ client, log, say, onDone }: SurveyProps): JSX.Element {
  const [answers, setAnswers] = useState<Answers>({ score: log.view.score });
  const send = useCommand();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (answers.score !== null) form.current?.scrollIntoView({ block: "nearest" });
  }, [answers.score === null]);
  const { score, comment = "", ...rest } = answers;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (score === null) return;
    const words = comment.trim();
    const body = { conversation: log.id, score, ...rest, ...(words !== "" && { comment: words }) };
    send.run(() => client.command("rate_conversation", body).then(onDone));
  };
  return (
    <form class="w-rating" ref={form} onSubmit={submit} data-testid="rating">
      <h2>{say("rate.title")}</h2>
      <Stars legend={say("rate.score")} name="score" value={score} say={say} isHidden onChange={(n) => setAnswers({ ...answers, score: n })} />
      {score !== null && <More answers={answers} onChange={setAnswers} say={say} />}
      <Button kind="primary" place="w-wide" type="submit" disabled={score === null || send.isBusy} testId="rate-submit">
        {say("rate.submit")}
      </Button>
      {send.error !== null && <p role="alert">{say(`error.${send.error}`)}</p>}
    </form>
  );
}

function More(props: { answers: Answers; onChange: (answers: Answers) => void; say: Say }): JSX.Element {
  const { answers, onChange, say } = props;
  return (
    <>
      <fieldset class="w-solved">
        <legend>{say("rate.solved")}</legend>
        <span>
          {[true, false].map((solved) => (
            <label key={String(solved)} class={answers.solved === solved ? "cs-chip cs-chip-on" : "cs-chip"}>
              <input
                type="radio"
                class="cs-unseen"
                name="solved"
                checked={answers.solved === solved}
                onChange={() => onChange({ ...answers, solved })}
                data-testid={`rate-solved-${solved ? "yes" : "no"}`}
              />
              {say(solved ? "rate.solved_yes" : "rate.solved_no")}
            </label>
          ))}
        </span>
      </fieldset>
      <Stars legend={say("rate.attitude")} name="attitude" value={answers.attitude ?? null} say={say} onChange={(attitude) => onChange({ ...answers, attitude })} />
      <Stars legend={say("rate.professionalism")} name="professionalism" value={answers.professionalism ?? null} say={say} onChange={(professionalism) => onChange({ ...answers, professionalism })} />
      <TextField
        id="rate-comment"
        label={say("rate.comment")}
        rows={2}
        maxLength={4000}
        value={answers.comment ?? ""}
        onChange={(comment) => onChange({ ...answers, comment })}
        testId="rate-comment"
      />
    </>
  );
}

const SCORES = [1, 2, 3, 4, 5] as const;

interface StarsProps {
  legend: string;
  name: "score" | "attitude" | "professionalism";
  value: number | null;
  say: Say;
  /** The legend is for those who cannot see the heading above. */
  isHidden?: boolean;
  onChange: (score: number) => void;
}

/** One to five, as radio buttons that look like stars. */
function Stars({ legend, name, value, say, isHidden = false, onChange }: StarsProps): JSX.Element {
  const word = SCORES.find((score) => score === value);
  return (
    <fieldset class={isHidden ? "w-stars w-stars-large" : "w-stars"}>
      <legend class={isHidden ? "cs-unseen" : ""}>{legend}</legend>
      <span class="w-stars-row">
        {SCORES.map((score) => (
          <label key={score} class={value !== null && score <= value ? "w-star w-star-on" : "w-star"}>
            <input
              type="radio"
              class="cs-unseen"
              name={name}
              checked={score === value}
              onChange={() => onChange(score)}
              aria-label={say("rate.stars", { n: score, word: say(`rate.score_${score}`) })}
              data-testid={`rate-${name}-${score}`}
            />
            <Icon path={star} size={isHidden ? 30 : 22} />
          </label>
        ))}
      </span>
      <span class="w-stars-word" aria-hidden="true">
        {word !== undefined && say(`rate.score_${word}`)}
      </span>
    </fieldset>
  );
}
