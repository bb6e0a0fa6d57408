import type { JSX } from "preact";

/** The first sign of a name in a circle; decoration, the name itself stands beside it. */
export function Avatar({ name, isSmall = false }: { name: string; isSmall?: boolean }): JSX.Element {
  const [first = "·"] = name.trim();
  return (
    <span class={isSmall ? "cs-avatar cs-avatar-small" : "cs-avatar"} aria-hidden="true">
      {first.toUpperCase()}
    </span>
  );
}
