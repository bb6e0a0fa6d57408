import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Translate } from "../i18n.ts";
import type { SharedKey } from "../sentences.ts";
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
  /** Whether the cursor goes here when the box appears, and again whenever this becomes another value. */
  isFocused?: boolean | number;
  /** Whether there is something to send besides words. */
  hasMore?: boolean;
  /** Stand above the box, and before it. */
  above?: ComponentChildren;
  start?: ComponentChildren;
  /** Takes files that are pasted; those dropped are for whoever is around the box. */
  onFiles?: (files: File[]) => void;
  testId?: string;
}

/** As `LIMITS` in the protocol has it (a test compares them), without carrying all of them. */
export const LONGEST = 4_000;

/** The box to write in. Enter sends, Shift+Enter begins a new line, and choosing signs is left alone. */
export function Composer({ value, onChange, onSend, say, ...rest }: ComposerProps): JSX.Element {
  const box = useRef<HTMLTextAreaElement>(null);
  const excess = [...value].length - LONGEST;
  const label = rest.label ?? say("composer.label");
  const canSend = (value.trim() !== "" || rest.hasMore === true) && excess <= 0;

  // Before the next key can come, or it would be typed into nothing.
  useLayoutEffect(() => {
    if (rest.isFocused !== undefined && rest.isFocused !== false) box.current?.focus();
  }, [rest.isFocused]);

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

  const onPaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || rest.onFiles === undefined) return;
    event.preventDefault();
    rest.onFiles(files);
  };

  return (
    <>
      {rest.above}
      <form
        class="cs-composer"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {rest.start}
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
          onPaste={onPaste}
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
