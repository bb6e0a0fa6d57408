import type { ComponentChildren, JSX } from "preact";

type Change = (value: string) => void;

export interface FieldProps {
  /** Unique on the page: it ties label, box, hint and error together. */
  id: string;
  label: ComponentChildren;
  hint?: string | undefined;
  error?: string | undefined;
  /** The box, told which ids describe it and whether it is wrong. */
  children: (described: Described) => JSX.Element;
}

export interface Described {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": "true" | undefined;
}

/** A label over a box, with a hint or what is wrong below it. */
export function Field({ id, label, hint, error, children }: FieldProps): JSX.Element {
  const below = error ?? hint;
  return (
    <div class="cs-field">
      <label class="cs-field-label" for={id}>
        {label}
      </label>
      {children({
        id,
        "aria-describedby": below === undefined ? undefined : `${id}-below`,
        "aria-invalid": error === undefined ? undefined : "true",
      })}
      {below !== undefined && (
        <p id={`${id}-below`} class={error === undefined ? "cs-field-hint" : "cs-field-error"} role={error === undefined ? undefined : "alert"}>
          {below}
        </p>
      )}
    </div>
  );
}

export interface TextFieldProps extends Omit<FieldProps, "children"> {
  value: string;
  onChange: Change;
  /** Lines of the box; one line is an input. */
  rows?: number;
  /** Which keyboard a phone shows. */
  keyboard?: "text" | "email" | "tel" | "decimal";
  autoComplete?: string;
  maxLength?: number;
  isRequired?: boolean;
  testId?: string;
}

/** A field to write in, of one line or several. */
export function TextField(props: TextFieldProps): JSX.Element {
  const { value, onChange, rows = 1, keyboard = "text", autoComplete, maxLength, isRequired = false, testId, ...field } = props;
  const box = { class: "cs-input", value, required: isRequired, dir: "auto" as const, "data-testid": testId, ...(maxLength !== undefined && { maxLength }) };
  return (
    <Field {...field}>
      {(described) =>
        rows > 1 ? (
          <textarea rows={rows} {...box} {...described} onInput={(event) => onChange(event.currentTarget.value)} />
        ) : (
          <input {...box} {...described} type="text" inputMode={keyboard} autocomplete={autoComplete ?? "off"} onInput={(event) => onChange(event.currentTarget.value)} />
        )
      }
    </Field>
  );
}

export interface SwitchProps {
  label: ComponentChildren;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  testId?: string;
}

/** Something that is on or off, at once. */
export function Switch({ label, isOn, onChange, testId }: SwitchProps): JSX.Element {
  return (
    <label class="cs-switch">
      <span>{label}</span>
      <input type="checkbox" role="switch" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} data-testid={testId} />
    </label>
  );
}
