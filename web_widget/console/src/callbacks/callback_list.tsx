import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { momentText, timeText } from "../time.ts";
import { TextField, useKeptText } from "../dialogs/fields.tsx";
import { OUTCOMES, type Callback } from "./types.ts";
import { useCallbacks, type Callbacks } from "./use_callbacks.ts";

const LONGEST_NOTE = 1_000;

/** Who wants to be called, and the call one has taken on. */
export function CallbackList(): JSX.Element | null {
  const { say } = useDesk();
  const all = useCallbacks();
  if (all.open.length + all.mine.length === 0 && all.refused === null) return null;
  return (
    <section class="list" data-testid="callbacks">
      <h2>
        {say("callbacks.title")}
        <span class="list-count">{all.open.length + all.mine.length}</span>
      </h2>
      {all.refused !== null && (
        <p class="hint hint-danger" role="alert">
          {all.refused}
        </p>
      )}
      <ul>
        {all.mine.map((one) => (
          <OwnCall key={one.id} one={one} all={all} />
        ))}
        {all.open.map((one) => (
          <li key={one.id} class="question" data-testid="callback" data-id={one.id}>
            <CallFacts one={one} />
            <Button isSmall kind="primary" onClick={() => all.claim(one)} testId="callback-claim">
              {say("callbacks.claim")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function CallFacts({ one }: { one: Callback }): JSX.Element {
  const { desk, say } = useDesk();
  const { user, topic, from, until, phone_hint: hint, phone, attempts, note } = one;
  return (
    <>
      <p class="callback-top">
        <button type="button" class="link" onClick={() => desk.select(one.conversation)}>
          <bdi>{user.name || say("row.visitor")}</bdi>
        </button>
        <span class="quiet">{desk.catalog.topicText(topic, say.locale)}</span>
      </p>
      <p class="callback-phone">{phone === undefined ? hint : <a href={`tel:${phone.replace(/[^+\d]/g, "")}`}>{phone}</a>}</p>
      <p class="quiet">
        {momentText(from, say.locale)}–{timeText(until, say.locale)}
        {attempts > 0 && ` · ${say("callbacks.attempts", { count: attempts })}`}
      </p>
      {note !== undefined && note !== "" && (
        <p class="question-text" dir="auto">
          {note}
        </p>
      )}
    </>
  );
}

function OwnCall({ one, all }: { one: Callback; all: Callbacks }): JSX.Element {
  const { say } = useDesk();
  const note = useKeptText(one.conversation, "callback.note");
  return (
    <li class="question question-own" data-testid="own-callback" data-id={one.id}>
      <CallFacts one={one} />
      <TextField label={say("callbacks.note")} value={note.value} onChange={note.set} maxLength={LONGEST_NOTE} isOptional testId="callback-note" />
      <div class="callback-outcomes">
        {OUTCOMES.map((outcome) => (
          <Button
            key={outcome}
            isSmall
            kind={outcome === "reached" ? "primary" : "plain"}
            onClick={() => {
              all.finish(one, outcome, note.value.trim());
              note.set("");
            }}
            testId={`callback-${outcome}`}
          >
            {say(`callbacks.${outcome}`)}
          </Button>
        ))}
        <Button isSmall kind="bare" onClick={() => all.release(one)} testId="callback-release">
          {say("callbacks.release")}
        </Button>
      </div>
    </li>
  );
}
