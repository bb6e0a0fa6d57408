/** The rows of the forms; each shows one value and gives back a changed one. */
import type { Both } from "@chatserver/shared";
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { oneOf } from "./types.ts";
import { useWords } from "./words.ts";

interface Row<Value> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  isDisabled?: boolean;
  testId?: string;
}

export interface TextRowProps extends Row<string> {
  hint?: string;
  isLong?: boolean;
  isRequired?: boolean;
  maxLength?: number;
  type?: "text" | "email" | "password" | "date" | "time";
  pattern?: string;
}

export function TextRow({ label, hint, value, onChange, isLong = false, isRequired = false, maxLength = 200, isDisabled, testId, type = "text", pattern }: TextRowProps): JSX.Element {
  const box = {
    value,
    maxLength,
    required: isRequired,
    disabled: isDisabled ?? false,
    dir: "auto" as const,
    "data-testid": testId,
    onInput: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  return (
    <label class="field">
      <span>{label}</span>
      {isLong ? <textarea rows={4} {...box} /> : <input type={type as "text"} autocomplete={type === "password" ? "new-password" : "off"} {...(pattern !== undefined && { pattern })} {...box} />}
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}

/** One text in both languages, side by side. */
export function BothRow({ label, value, onChange, isLong = false, maxLength = 200, isDisabled, testId }: Row<Both> & { isLong?: boolean; maxLength?: number }): JSX.Element {
  const words = useWords();
  return (
    <fieldset class="both" disabled={isDisabled}>
      <legend>{label}</legend>
      <TextRow label={words("field.zh")} value={value.zh} onChange={(zh) => onChange({ ...value, zh })} isLong={isLong} maxLength={maxLength} isRequired testId={`${testId}-zh`} />
      <TextRow label={words("field.en")} value={value.en} onChange={(en) => onChange({ ...value, en })} isLong={isLong} maxLength={maxLength} isRequired testId={`${testId}-en`} />
    </fieldset>
  );
}

export function NumberRow({ label, hint, value, onChange, least = 0, most = 86_400, testId }: Row<number> & { hint?: string; least?: number; most?: number }): JSX.Element {
  return (
    <label class="field field-number">
      <span>{label}</span>
      <input
        type="number"
        inputMode="numeric"
        min={least}
        max={most}
        required
        value={value}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
        data-testid={testId}
      />
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}

const UNITS = { seconds: 1, minutes: 60, hours: 3_600 } as const;
type Unit = keyof typeof UNITS;
const UNIT_NAMES = ["hours", "minutes", "seconds"] as const satisfies readonly Unit[];

/** Seconds, as people say them: in the largest unit that needs no fraction, until another one is chosen. */
export function DurationRow({ label, hint, value, onChange, most, testId }: Row<number> & { hint?: string; most: number }): JSX.Element {
  const words = useWords();
  const [unit, setUnit] = useState<Unit>(() => (value === 0 ? "minutes" : oneOf(UNIT_NAMES.filter((one) => value % UNITS[one] === 0), "")));
  const count = value / UNITS[unit];
  return (
    <div class="field field-duration" role="group" aria-label={label}>
      <span>{label}</span>
      <span class="duration">
        <input
          type="number"
          inputMode="numeric"
          min={0}
          max={most / UNITS[unit]}
          required
          aria-label={label}
          value={count}
          onInput={(event) => onChange(Math.round(Number(event.currentTarget.value) * UNITS[unit]))}
          data-testid={testId}
        />
        <select
          aria-label={words("field.unit")}
          value={unit}
          onChange={(event) => {
            const chosen = oneOf(UNIT_NAMES, event.currentTarget.value);
            setUnit(chosen);
            onChange(Math.round(count * UNITS[chosen]));
          }}
          data-testid={`${testId}-unit`}
        >
          {UNIT_NAMES.map((one) => (
            <option key={one} value={one}>
              {words(`unit.${one}`)}
            </option>
          ))}
        </select>
      </span>
      {hint !== undefined && <small>{hint}</small>}
    </div>
  );
}

export interface SelectOption {
  readonly value: string;
  readonly text: string;
}

export function ChoiceRow({ label, value, options, onChange, isDisabled, testId }: Row<string> & { options: readonly SelectOption[] }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} disabled={isDisabled ?? false} onChange={(event) => onChange(event.currentTarget.value)} data-testid={testId}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function CheckRow({ label, hint, value, onChange, testId }: Row<boolean> & { hint?: string }): JSX.Element {
  return (
    <label class="choice">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} data-testid={testId} />
      <span>
        {label}
        {hint !== undefined && <small> {hint}</small>}
      </span>
    </label>
  );
}

export interface ListRowProps<Item> extends Row<readonly Item[]> {
  make: () => Item;
  addText: string;
  children: (item: Item, change: (item: Item) => void) => ComponentChildren;
}

/** Any number of parts, each with its own rows. */
export function ListRow<Item>({ label, value, onChange, make, addText, children, testId }: ListRowProps<Item>): JSX.Element {
  const words = useWords();
  const at = (index: number, item: Item): void => onChange(value.map((one, place) => (place === index ? item : one)));
  const up = (index: number): void => {
    const moved = [...value];
    const [item] = moved.splice(index, 1);
    if (item !== undefined) moved.splice(index - 1, 0, item);
    onChange(moved);
  };
  return (
    <fieldset class="parts">
      <legend>{label}</legend>
      {value.map((item, index) => (
        <div key={index} class="part">
          <div class="part-rows">{children(item, (changed) => at(index, changed))}</div>
          <div class="part-buttons">
            {index > 0 && (
              <button type="button" class="link" onClick={() => up(index)}>
                {words("do.up")}
              </button>
            )}
            <button type="button" class="link" onClick={() => onChange(value.filter((_, place) => place !== index))} data-testid={`${testId}-remove`}>
              {words("do.remove")}
            </button>
          </div>
        </div>
      ))}
      <button type="button" class="link" onClick={() => onChange([...value, make()])} data-testid={`${testId}-add`}>
        + {addText}
      </button>
    </fieldset>
  );
}
