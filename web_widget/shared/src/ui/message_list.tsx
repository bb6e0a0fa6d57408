import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { identity, type Side } from "../log.ts";
import type { Translate } from "../i18n.ts";
import type { SharedKey } from "../sentences.ts";
import type { Entry } from "../timeline.ts";
import { EntryView } from "./entries.tsx";

export interface MessageListProps {
  entries: readonly Entry[];
  side: Side;
  isOnline: boolean;
  say: Translate<SharedKey>;
  onRetry: (key: string) => void;
  onDiscard: (key: string) => void;
  /** Stands above the first entry. */
  before?: ComponentChildren;
  /** Stands below the last one. */
  after?: ComponentChildren;
}

/** Closer to the end than this, new messages scroll into view by themselves. */
const NEAR_END_PX = 80;

/** A conversation from top to bottom, read out as it grows. */
export function MessageList({ entries, before, after, ...rest }: MessageListProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const last = entries[entries.length - 1];
  const lastOwn = lastOwnIndex(entries, rest.side);

  useLayoutEffect(() => {
    const isOwn = last?.kind === "outgoing";
    if (box.current !== null && (isAtEnd.current || isOwn)) box.current.scrollTop = box.current.scrollHeight;
  }, [entries.length, last?.id, after]);

  // The queue, the keyboard or a survey take room: whoever was at the end stays there.
  useEffect(() => {
    const here = box.current;
    if (here === null || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) here.scrollTop = here.scrollHeight;
    });
    observer.observe(here);
    return () => observer.disconnect();
  }, []);

  const onScroll = (): void => {
    const here = box.current;
    if (here !== null) isAtEnd.current = here.scrollHeight - here.scrollTop - here.clientHeight < NEAR_END_PX;
  };

  return (
    <div
      class="cs-log"
      ref={box}
      onScroll={onScroll}
      role="log"
      aria-live="polite"
      aria-label={rest.say("log.label")}
      tabIndex={0}
      data-testid="log"
    >
      {before}
      {entries.map((entry, index) => (
        <EntryView
          key={entry.id}
          entry={entry}
          isFirst={isFirst(entry, entries[index - 1])}
          isLastOwn={index === lastOwn}
          isFollowed={entries[index + 1]?.kind === "outgoing"}
          {...rest}
        />
      ))}
      {after}
    </div>
  );
}

/** A pause of this length starts a new run, so that the time is shown again. */
const RUN_MS = 5 * 60_000;

function isFirst(entry: Entry, before: Entry | undefined): boolean {
  if (before === undefined || before.kind === "line" || entry.kind === "line") return true;
  if (entry.kind === "outgoing") return before.kind !== "outgoing";
  if (before.kind !== "message") return true;
  return identity(entry.by) !== identity(before.by) || entry.message.at - before.message.at > RUN_MS;
}

function lastOwnIndex(entries: readonly Entry[], side: Side): number {
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry?.kind === "outgoing") return -1;
    if (entry?.kind === "message" && entry.by.role === side) return index;
  }
  return -1;
}
