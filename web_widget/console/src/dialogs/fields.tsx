import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import type { DraftKind } from "../desk/drafts.ts";

/** A field whose text is kept when the dialog is closed without sending it. */
export function useKeptText(conversation: string, kind: DraftKind): { value: string; set: (text: string) => void } {
  const { desk } = useDesk();
  const [value, setValue] = useState(desk.drafts.get(conversation, kind));
  const set = (text: string): void => {
    setValue(text);
    desk.drafts.set(conversation, kind, text);
  };
  return { value, set };
}

export interface TextFieldProps {
  label: string;
  hint?: string;
  value: string;
  onChange: (text: string) => void;
  maxLength: number;
  isLong?: boolean;
  isOptional?: boolean;
  testId: string;
}

/** One line, or a few, of text with its label. */
export function TextField({ label, hint, value, onChange, isLong = false, isOptional = false, testId, maxLength }: TextFieldProps): JSX.Element {
  const { say } = useDesk();
  const props = {
    value,
    maxLength,
    required: !isOptional,
    dir: "auto" as const,
    ...(hint !== undefined && { placeholder: hint }),
    onInput: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
    "data-testid": testId,
  };
  return (
    <label class="field">
      <span>
        {label}
        {isOptional && <small> {say("field.optional")}</small>}
      </span>
      {isLong ? <textarea rows={4} {...props} /> : <input type="text" {...props} />}
    </label>
  );
}
