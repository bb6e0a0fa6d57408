import type { JSX } from "preact";

/** As many marks as one takes chats, the taken ones filled; beyond a few only the number tells. */
export function Load({ active, capacity }: { active: number; capacity: number }): JSX.Element | null {
  if (capacity > 8) return null;
  return (
    <span class="load" aria-hidden="true">
      {Array.from({ length: capacity }, (_, index) => (
        <i key={index} class={index < active ? "load-taken" : ""} />
      ))}
    </span>
  );
}
