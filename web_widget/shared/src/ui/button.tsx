import type { ComponentChildren, JSX } from "preact";

type Native = Omit<JSX.IntrinsicElements["button"], "size" | "class" | "className">;

export interface ButtonProps extends Native {
  kind?: "primary" | "plain" | "soft" | "danger" | "bare";
  isSmall?: boolean;
  /** A class that says where it stands. */
  place?: string;
  testId?: string;
  children?: ComponentChildren;
}

/** A button with words on it. */
export function Button({ kind = "plain", isSmall = false, place, testId, ...rest }: ButtonProps): JSX.Element {
  const size = isSmall ? " cs-button-small" : "";
  return <button type="button" class={`cs-button cs-button-${kind}${size}${placed(place)}`} data-testid={testId} {...rest} />;
}

export interface IconButtonProps extends Native {
  /** What it does, for those who cannot see the picture. */
  label: string;
  isPrimary?: boolean;
  place?: string;
  testId?: string;
  children?: ComponentChildren;
}

/** A button with a picture on it. */
export function IconButton({ label, isPrimary = false, place, testId, ...rest }: IconButtonProps): JSX.Element {
  const kind = isPrimary ? " cs-icon-button-primary" : "";
  return (
    <button
      type="button"
      class={`cs-icon-button${kind}${placed(place)}`}
      aria-label={label}
      title={label}
      data-testid={testId}
      {...rest}
    />
  );
}

function placed(place: string | undefined): string {
  return place === undefined ? "" : ` ${place}`;
}
