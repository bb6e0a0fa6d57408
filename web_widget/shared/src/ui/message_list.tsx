import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { identity, type Side } from "../log.ts";
import type { Translate } from "../i18n.ts";
import { nameOf, type SharedKey } from "../sentences.ts";
import type { Entry } from "../timeline.ts";
import { Button } from "./button.tsx";
import { EntryView, type EntryActs } from "./entries.tsx";
import { down } from "./icons.ts";
import { Icon } from "./marks.tsx";
import { Rows } from "./rows.tsx";

export interface MessageListProps extends EntryActs {
  entries: readonly Entry[];
  side: Side;
  isOnline: boolean;
  say: Translate<SharedKey>;
  /** Stands above the first entry. */
  before?: ComponentChildren;
  /** Stands below the last one. */
  after?: ComponentChildren;
}

/** A conversation from top to bottom, read out as it grows; thousands of messages scroll as well as ten. */
export function MessageList({ entries, before, after, ...rest }: MessageListProps): JSX.Element {
  const { side, say } = rest;
  const rows = useRef<Rows<Entry>>(null);
  // While somebody reads above: how many entries they have seen.
  const [seen, setSeen] = useState<number | null>(null);
  const lastOwn = lastOwnIndex(entries, side);
  const isOwnLast = entries[entries.length - 1]?.kind === "outgoing";
  return (
    <div class="cs-log-frame">
      <Rows
        handle={rows}
        items={entries}
        keyOf={(entry) => entry.id}
        label={say("log.label")}
        isOwnLast={isOwnLast}
        onEnd={(isAtEnd) => setSeen(isAtEnd ? null : entries.length)}
        before={before}
        after={after}
        render={(entry, index) => (
          <EntryView
            key={entry.id}
            entry={entry}
            isFirst={isFirst(entry, entries[index - 1])}
            isLastOwn={index === lastOwn}
            isFollowed={entries[index + 1]?.kind === "outgoing"}
            onReveal={(id) => rows.current?.reveal(id)}
            {...rest}
          />
        )}
      />
      {seen !== null && <ToEnd count={entries.slice(seen).filter((entry) => isFromOthers(entry, side)).length} say={say} onClick={() => rows.current?.toEnd()} />}
      <Herald entries={entries} side={side} say={say} />
    </div>
  );
}

function ToEnd(props: { count: number; say: Translate<SharedKey>; onClick: () => void }): JSX.Element {
  const { count, say, onClick } = props;
  return (
    <Button isSmall place="cs-to-end" onClick={onClick} testId="to-end">
      <Icon path={down} size={16} />
      {count === 0 ? say("log.to_end") : say("log.new", { n: count })}
    </Button>
  );
}

/**
 * Reads out what others say, once. The list itself is silent: while it scrolls, old messages come into
 * the page, and nobody wants to hear them again.
 */
function Herald({ entries, side, say }: Pick<MessageListProps, "entries" | "side" | "say">): JSX.Element {
  const last = entries[entries.length - 1];
  const before = useRef(last?.id);
  const isNews = last !== undefined && last.id !== before.current && isFromOthers(last, side);
  return (
    <p class="cs-unseen" aria-live="polite" data-testid="herald">
      {isNews && last.kind === "message" && `${nameOf(last.by, say)}: ${last.message.text}`}
    </p>
  );
}

function isFromOthers(entry: Entry, side: Side): boolean {
  return entry.kind === "message" && entry.by.role !== side;
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
