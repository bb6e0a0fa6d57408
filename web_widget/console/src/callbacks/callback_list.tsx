import { LIMITS, type Callback, type FinishCallback } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { momentText, timeText } from "../time.ts";
import { TextField, useKeptText } from "../dialogs/fields.tsx";
import { OUTCOMES, useCallbacks, type Callbacks } from "./use_callbacks.ts";

const HOUR_MS = 3_600_000;
/** After how long the next try begins; it has as long again, a day at most. */
const AGAIN_MS = { never: 0, soon: HOUR_MS, later: 4 * HOUR_MS, tomorrow: 24 * HOUR_MS } as const;
type Again = keyof typeof AGAIN_MS;
const AGAIN = ["never", "soon", "later", "tomorrow"] as const satisfies readonly Again[];

function againAt(again: Again, now: number): Pick<FinishCallback, "again_from" | "again_until"> {
  const afterMs = AGAIN_MS[again];
  return afterMs === 0 ? {} : { again_from: now + afterMs, again_until: now + 2 * afterMs };
}

function noteOf(text: string): Pick<FinishCallback, "note"> {
  return text.trim() === "" ? {} : { note: text.trim() };
}

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
  const { desk, say } = useDesk();
  const note = useKeptText(one.conversation, "callback.note");
  const [again, setAgain] = useState<Again>("never");
  return (
    <li class="question question-own" data-testid="own-callback" data-id={one.id}>
      <CallFacts one={one} />
      <TextField label={say("callbacks.note")} value={note.value} onChange={note.set} maxLength={LIMITS.finish_callback.note.maxLength} isOptional testId="callback-note" />
      <label class="field">
        <span>{say("callbacks.again")}</span>
        <select value={again} onChange={(event) => setAgain(AGAIN.find((name) => name === event.currentTarget.value) ?? "never")} data-testid="callback-again">
          {AGAIN.map((name) => (
            <option key={name} value={name}>
              {say(`callbacks.again_${name}`)}
            </option>
          ))}
        </select>
      </label>
      <div class="callback-outcomes">
        {OUTCOMES.map((outcome) => (
          <Button
            key={outcome}
            isSmall
            kind={outcome === "reached" ? "primary" : "plain"}
            onClick={() => {
              all.finish(one, { outcome, ...noteOf(note.value), ...(outcome === "reached" ? {} : againAt(again, desk.now)) }, () => note.set(""));
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
