import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Translate } from "../i18n.ts";
import type { SharedKey } from "../sentences.ts";
import { LIMITS } from "../generated/protocol.ts";
import { IconButton } from "./button.tsx";
import { send as sendIcon } from "./icons.ts";
import { Icon } from "./marks.tsx";

export interface ComposerProps {
  /** The draft; whoever holds it decides how long it is kept. */
  value: string;
  onChange: (text: string) => void;
  onSend: (text: string) => void;
  say: Translate<SharedKey>;
  placeholder?: string;
  label?: string;
  /** Whether the cursor goes here when the box appears. */
  isFocused?: boolean;
  testId?: string;
}

const LONGEST = LIMITS.send_message.text.maxLength;

/** The box to write in. Enter sends, Shift+Enter begins a new line, and choosing signs is left alone. */
export function Composer({ value, onChange, onSend, say, ...rest }: ComposerProps): JSX.Element {
  const box = useRef<HTMLTextAreaElement>(null);
  const excess = [...value].length - LONGEST;
  const label = rest.label ?? say("composer.label");
  const canSend = value.trim() !== "" && excess <= 0;

  useEffect(() => {
    if (rest.isFocused === true) box.current?.focus();
  }, []);

  useLayoutEffect(() => {
    const here = box.current;
    if (here === null) return;
    here.style.height = "auto";
    here.style.height = `${here.scrollHeight + 2}px`;
  }, [value, label]);

  const send = (): void => {
    if (canSend) onSend(value);
    box.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    // While signs are being composed, Enter chooses one of them (229 is how older engines say so).
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <>
      <form
        class="cs-composer"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          ref={box}
          rows={1}
          value={value}
          placeholder={rest.placeholder ?? label}
          aria-label={label}
          dir="auto"
          enterkeyhint="send"
          data-testid={rest.testId ?? "composer"}
          onInput={(event) => onChange(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <IconButton type="submit" label={say("composer.send")} isPrimary disabled={!canSend} testId="send">
          <Icon path={sendIcon} />
        </IconButton>
      </form>
      {excess > 0 && (
        <p class="cs-composer-note" role="alert">
          {say("composer.too_long", { n: excess })}
        </p>
      )}
    </>
  );
}
