import type { JSX } from "preact";

/** Beside a name that the company vouches for; `label` says so to those who cannot see it. */
export function Verified({ label }: { label: string }): JSX.Element {
  return (
    <svg class="cs-verified" width="16" height="16" viewBox="0 0 24 24" role="img" aria-label={label} data-testid="verified">
      <title>{label}</title>
      <path
        fill="currentColor"
        d="M12 1.5l2.7 2.3 3.5-.3 1 3.4 3 1.9-1.4 3.2 1.4 3.2-3 1.9-1 3.4-3.5-.3L12 22.5l-2.7-2.3-3.5.3-1-3.4-3-1.9L3.2 12 1.8 8.8l3-1.9 1-3.4 3.5.3z"
      />
      <path fill="none" stroke="var(--cs-raised)" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" d="M8 12.3l2.8 2.8L16 9.5" />
    </svg>
  );
}
