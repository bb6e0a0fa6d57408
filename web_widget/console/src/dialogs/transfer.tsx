import { LIMITS } from "@chatserver/shared";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Colleague } from "../api.ts";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive } from "../desk/live.ts";
import type { Row } from "../desk/rows.ts";
import { HttpRefusal } from "../http.ts";
import { DialogBox } from "./dialog.tsx";
import { TextField, useKeptText } from "./fields.tsx";
import { useAction } from "./use_action.ts";

type Target = { to_agent: string } | { to_skill: string };

/** Gives the conversation to one colleague or to a skill. */
export function TransferDialog({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const { id: conversation } = row;
  const [target, setTarget] = useState<Target | null>(null);
  const note = useKeptText(conversation, "transfer.note");
  const { isBusy, failure, act } = useAction(conversation);
  useEffect(() => {
    desk.catalog.refresh().catch((error: unknown) => {
      // The list of a moment ago is better than none; the server judges the choice.
      if (!(error instanceof HttpRefusal)) throw error;
    });
  }, [desk]);
  const submit = (): void => {
    if (target === null) return;
    const words = note.value.trim();
    const body = { conversation, ...target, ...(words !== "" && { note: words }) };
    act("transferred", () => desk.client.command("transfer", body), () => note.set(""));
  };
  const skills = useLive((one) => one.catalog.skillsOf(row.tier), sameList);
  const others = useLive((one) => one.catalog.othersThan(one.me.id, row.tier), sameList);
  return (
    <DialogBox
      title={say("transfer.title")}
      lead={say("transfer.lead")}
      submit={{ text: say("action.transfer"), testId: "transfer-submit", isReady: target !== null, onSubmit: submit }}
      isBusy={isBusy}
      failure={failure}
      testId="transfer-dialog"
    >
      <Agents colleagues={others} target={target} onChoose={setTarget} />
      {skills.length > 0 && <Skills skills={skills} target={target} onChoose={setTarget} />}
      <TextField
        label={say("handoff.note")}
        hint={say("handoff.note_hint")}
        value={note.value}
        onChange={note.set}
        maxLength={LIMITS.transfer.note.maxLength}
        isLong
        isOptional
        testId="transfer-note"
      />
    </DialogBox>
  );
}

interface ChoiceProps {
  target: Target | null;
  onChoose: (target: Target) => void;
}

function Agents({ colleagues, target, onChoose }: ChoiceProps & { colleagues: readonly Colleague[] }): JSX.Element {
  const { say } = useDesk();
  return (
    <fieldset class="choices">
      <legend>{say("transfer.to_agent")}</legend>
      {colleagues.length === 0 && <p class="quiet">{say("transfer.none")}</p>}
      {colleagues.map((one) => (
        <label key={one.id} class="choice">
          <input
            type="radio"
            name="target"
            checked={target !== null && "to_agent" in target && target.to_agent === one.id}
            disabled={one.active >= one.capacity}
            onChange={() => onChoose({ to_agent: one.id })}
            data-testid="transfer-agent"
            data-id={one.id}
          />
          <bdi>{one.name}</bdi>
          <small>{one.skills.join(", ")}</small>
          <span class="choice-load">
            {one.active}/{one.capacity}
            {one.active >= one.capacity && ` · ${say("transfer.full")}`}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Skills({ skills, target, onChoose }: ChoiceProps & { skills: readonly string[] }): JSX.Element {
  const { say } = useDesk();
  return (
    <fieldset class="choices choices-inline">
      <legend>{say("transfer.to_skill")}</legend>
      {skills.map((skill) => (
        <label key={skill} class="choice">
          <input
            type="radio"
            name="target"
            checked={target !== null && "to_skill" in target && target.to_skill === skill}
            onChange={() => onChoose({ to_skill: skill })}
            data-testid="transfer-skill"
          />
          {skill}
        </label>
      ))}
    </fieldset>
  );
}
