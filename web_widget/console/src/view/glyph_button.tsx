import type { JSX } from "preact";
import { Glyph, type GlyphName } from "./glyph.tsx";

export interface GlyphButtonProps {
  name: GlyphName;
  /** What it does, for those who cannot see the picture; with its key it also stands in the tooltip. */
  label: string;
  shortcut?: string;
  isPressed?: boolean;
  isDisabled?: boolean;
  onClick: () => void;
  testId?: string;
  class?: string;
}

/** A button with a picture on it. */
export function GlyphButton({ name, label, shortcut, isPressed, isDisabled, onClick, testId, ...rest }: GlyphButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`glyph-button${rest.class === undefined ? "" : ` ${rest.class}`}`}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      {...(isPressed !== undefined && { "aria-pressed": isPressed })}
      disabled={isDisabled ?? false}
      onClick={onClick}
      data-testid={testId}
    >
      <Glyph name={name} />
    </button>
  );
}
