import type { JSX } from "preact";

/** The first sign of a name in a circle; decoration, the name itself stands beside it. */
export function Avatar({ name }: { name: string }): JSX.Element {
  const [first = "·"] = name.trim();
  return (
    <span class="cs-avatar" aria-hidden="true">
      {first.toUpperCase()}
    </span>
  );
}

/** A small number that asks for attention; nothing when it is 0. */
export function Badge({ count, label }: { count: number; label: string }): JSX.Element | null {
  if (count <= 0) return null;
  return (
    <span class="cs-badge" role="status" aria-label={label} data-testid="badge">
      {count > 99 ? "99+" : count}
    </span>
  );
}

const PATHS = {
  send: "M4 12 20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  chat: "M4 5h16v11H10l-4 4v-4H4z",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-9 9h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  down: "M6 10l6 6 6-6",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z",
} as const;

/** A line drawing, as large as the text around it asks for. */
export function Icon({ name, size = 20 }: { name: keyof typeof PATHS; size?: number }): JSX.Element {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
