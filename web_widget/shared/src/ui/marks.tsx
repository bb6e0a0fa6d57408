import type { ComponentChildren, JSX } from "preact";

/** One of the line drawings of `icons.ts`; what it means is said by words beside it or by a label. */
export function Icon({ path, size = 20 }: { path: string; size?: number }): JSX.Element {
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
      <path d={path} />
    </svg>
  );
}

export interface NoticeProps {
  kind: "plain" | "info" | "ok" | "warn" | "danger";
  /** Drawn before the words. */
  path?: string;
  testId?: string;
  children: ComponentChildren;
}

/** A few words set apart from the page; `danger` interrupts those who listen, the others wait their turn. */
export function Notice({ kind, path, testId, children }: NoticeProps): JSX.Element {
  return (
    <div class={`cs-notice cs-notice-${kind}`} role={kind === "danger" ? "alert" : "status"} data-testid={testId}>
      {path !== undefined && <Icon path={path} size={18} />}
      <div>{children}</div>
    </div>
  );
}

/** Grey lines where words will stand in a moment. */
export function Skeleton({ lines = 3 }: { lines?: number }): JSX.Element {
  return (
    <div aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} class="cs-skeleton" style={{ width: `${92 - (index % 3) * 18}%`, marginTop: "12px" }} />
      ))}
    </div>
  );
}
