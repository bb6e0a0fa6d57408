import type { ComponentChildren, JSX } from "preact";

type Native = Omit<JSX.IntrinsicElements["button"], "size" | "class" | "className">;

export interface ButtonProps extends Native {
  kind?: "primary" | "plain" | "soft" | "danger" | "bare";
  isSmall?: boolean;
  testId?: string;
  children?: ComponentChildren;
}

/** A button with words on it. */
export function Button({ kind = "plain", isSmall = false, testId, ...rest }: ButtonProps): JSX.Element {
  const size = isSmall ? " cs-button-small" : "";
  return <button type="button" class={`cs-button cs-button-${kind}${size}`} data-testid={testId} {...rest} />;
}

export interface IconButtonProps extends Native {
  /** What it does, for those who cannot see the picture. */
  label: string;
  isPrimary?: boolean;
  testId?: string;
  children?: ComponentChildren;
}

/** A button with a picture on it. */
export function IconButton({ label, isPrimary = false, testId, ...rest }: IconButtonProps): JSX.Element {
  const kind = isPrimary ? " cs-icon-button-primary" : "";
  return (
    <button
      type="button"
      class={`cs-icon-button${kind}`}
      aria-label={label}
      title={label}
      data-testid={testId}
      {...rest}
    />
  );
}
