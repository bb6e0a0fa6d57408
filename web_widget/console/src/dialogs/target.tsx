import type { AgentRow } from "@chatserver/shared";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive } from "../desk/live.ts";
import { HttpRefusal } from "../http.ts";

/** Who is to have it: one agent, or whoever has a skill. */
export type Target = { to_agent: string } | { to_skill: string };

/** Asks anew who is free when a dialog opens. */
export function useFreshColleagues(): void {
  const { desk } = useDesk();
  useEffect(() => {
    desk.catalog.refresh().catch((error: unknown) => {
      // The list of a moment ago is better than none; the server judges the choice.
      if (!(error instanceof HttpRefusal)) throw error;
    });
  }, [desk]);
}

export interface TargetChoiceProps {
  tier: number;
  /** Who need not be offered: they have it. */
  without: string | null;
  target: Target | null;
  onChoose: (target: Target | null) => void;
  /** Whether "nobody in particular" is a choice as well. */
  isAnyone?: boolean;
  testId: string;
}

/** Colleagues of the tier, the freest first, and its skills. */
export function TargetChoice({ tier, without, target, onChoose, isAnyone = false, testId }: TargetChoiceProps): JSX.Element {
  const { say } = useDesk();
  const others = useLive((one) => one.catalog.othersThan(without ?? "", tier), sameList);
  const skills = useLive((one) => one.catalog.skillsOf(tier), sameList);
  return (
    <>
      <fieldset class="choices">
        <legend>{say("transfer.to_agent")}</legend>
        {isAnyone && (
          <label class="choice">
            <input type="radio" name="target" checked={target === null} onChange={() => onChoose(null)} data-testid={`${testId}-anyone`} />
            {say("transfer.anyone")}
          </label>
        )}
        {others.length === 0 && <p class="quiet">{say("transfer.none")}</p>}
        {others.map((one) => (
          <AgentChoice
            key={one.id}
            one={one}
            isChosen={target !== null && "to_agent" in target && target.to_agent === one.id}
            onChoose={() => onChoose({ to_agent: one.id })}
            testId={`${testId}-agent`}
          />
        ))}
      </fieldset>
      {skills.length > 0 && (
        <fieldset class="choices choices-inline">
          <legend>{say("transfer.to_skill")}</legend>
          {skills.map((skill) => (
            <label key={skill} class="choice">
              <input
                type="radio"
                name="target"
                checked={target !== null && "to_skill" in target && target.to_skill === skill}
                onChange={() => onChoose({ to_skill: skill })}
                data-testid={`${testId}-skill`}
              />
              {skill}
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}

interface AgentChoiceProps {
  one: AgentRow;
  isChosen: boolean;
  onChoose: () => void;
  testId: string;
}

function AgentChoice({ one, isChosen, onChoose, testId }: AgentChoiceProps): JSX.Element {
  const { say } = useDesk();
  const isFull = one.active >= one.capacity;
  return (
    <label class="choice">
      <input type="radio" name="target" checked={isChosen} disabled={isFull} onChange={onChoose} data-testid={testId} data-id={one.id} />
      <bdi>{one.name}</bdi>
      <small>{one.skills.join(", ")}</small>
      <span class="choice-load">
        {one.active}/{one.capacity}
        {isFull && ` · ${say("transfer.full")}`}
      </span>
    </label>
  );
}
