import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { isMissing, type Answers } from "./answers.ts";
import { TextField } from "./sheet.ts";
import type { Say } from "./texts/index.ts";
import { inWords, type Question } from "./topics.ts";

export interface IntakeProps {
  questions: readonly Question[];
  answers: Answers;
  /** How often somebody has tried to go on without an answer that is required. */
  tries: number;
  say: Say;
  onChange: (answers: Answers) => void;
}

/** The questions that spare an agent the first five: asked once, while there is time. */
export function Intake({ questions, answers, tries, say, onChange }: IntakeProps): JSX.Element {
  useEffect(() => {
    if (tries > 0) document.querySelector<HTMLElement>("[aria-invalid],[data-missing=true] button")?.focus();
  }, [tries]);
  return (
    <section class="w-intake" data-testid="intake">
      <h3>{say("intake.title")}</h3>
      {questions.map((question) => (
        <Ask
          key={question.id}
          question={question}
          value={answers[question.id] ?? ""}
          error={tries > 0 && isMissing(question, answers) ? say("intake.required") : undefined}
          say={say}
          onChange={(value) => onChange({ ...answers, [question.id]: value })}
        />
      ))}
    </section>
  );
}

interface AskProps {
  question: Question;
  value: string;
  error: string | undefined;
  say: Say;
  onChange: (value: string) => void;
}

/** An answer is shown to agents in one line or a few. */
const LONGEST = 200;

function Ask({ question, value, error, say, onChange }: AskProps): JSX.Element {
  const label = inWords(question.label, say.locale);
  if (question.kind === "choice") return <Choice {...{ question, value, error, say, onChange }} label={label} />;
  return (
    <TextField
      id={`intake-${question.id}`}
      label={question.required === true ? label : `${label} ${say("intake.optional")}`}
      hint={question.hint && inWords(question.hint, say.locale)}
      error={error}
      value={value}
      onChange={onChange}
      rows={question.kind === "long" ? 3 : 1}
      keyboard={question.kind === "amount" ? "decimal" : "text"}
      maxLength={LONGEST}
      isRequired={question.required === true}
      testId={`intake-${question.id}`}
    />
  );
}

function Choice({ question, value, error, label, say, onChange }: AskProps & { label: string }): JSX.Element {
  return (
    <fieldset class="w-topics" data-missing={error !== undefined}>
      <legend class="cs-field-label">{label}</legend>
      {(question.options ?? []).map((option) => (
        <button
          key={option.id}
          type="button"
          class="cs-chip"
          aria-pressed={option.id === value}
          onClick={() => onChange(option.id === value ? "" : option.id)}
          data-testid={`intake-${question.id}-${option.id}`}
        >
          {inWords(option.label, say.locale)}
        </button>
      ))}
      {error !== undefined && (
        <p class="cs-field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
