import type { ConversationLog } from "@chatserver/shared";
import { Button, EntryView, WrittenText } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import type { Row } from "../desk/rows.ts";
import { beginsRun, lastOwn, threadOf, type Item } from "../lists/thread.ts";
import { dayText } from "../time.ts";
import { useUserName } from "./conversation_row.tsx";
import { NoteView } from "./note_view.tsx";

/** Closer to the end than this, new messages scroll into view by themselves. */
const NEAR_END_PX = 80;

/** What was said and noted, with what the user is typing below it. */
export function Thread({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const { log } = row;
  const name = useUserName()(row);
  const outgoing = desk.client.outgoing(row.id);
  const items = useMemo(() => threadOf(log, outgoing), [log, log.version, outgoing.map(({ key, state }) => key + state).join()]);
  const { box, isAtEnd, onScroll, toEnd } = useStickyEnd(items.length, outgoing.length, [...log.typing.values()].length);
  useMarkRead(row, isAtEnd);
  const own = lastOwn(items);
  const isLoading = log.events.length === 0 && log.heads.public > 0;
  return (
    <div class="thread">
      <div
        class="cs-log"
        ref={box}
        onScroll={onScroll}
        role="log"
        aria-live="polite"
        aria-label={say("chat.label", { name })}
        tabIndex={0}
        data-testid="log"
      >
        {isLoading && <p class="chat-told">{say("chat.loading")}</p>}
        {items.map((item, index) => (
          <ItemView key={item.id} item={item} isFirst={beginsRun(item, items[index - 1])} isLastOwn={item.id === own} />
        ))}
        <TypingPreview log={log} name={name} />
      </div>
      {!isAtEnd && (
        <Button isSmall onClick={toEnd} testId="to-end">
          {say("chat.newest")}
          {row.unread > 0 && <span class="count">{row.unread}</span>}
        </Button>
      )}
    </div>
  );
}

interface ItemProps {
  item: Item;
  isFirst: boolean;
  isLastOwn: boolean;
}

function ItemView({ item, isFirst, isLastOwn }: ItemProps): JSX.Element {
  const { desk, say } = useDesk();
  if (item.kind === "day") {
    const names = { today: say("time.today"), yesterday: say("time.yesterday") };
    return <p class="day">{dayText(item.at, desk.now, say.locale, names)}</p>;
  }
  if (item.kind === "note") return <NoteView note={item.note} />;
  if (item.kind === "outgoing_note") return <NoteView outgoing={item.item} />;
  return (
    <EntryView
      entry={item.entry}
      isFirst={isFirst}
      isLastOwn={isLastOwn}
      side="agent"
      isOnline={desk.client.link.name === "online"}
      say={say}
      onRetry={(key) => desk.client.retry(key)}
      onDiscard={(key) => desk.client.discard(key)}
    />
  );
}

/** That somebody types, and what the user has typed so far. */
function TypingPreview({ log, name }: { log: ConversationLog; name: string }): JSX.Element {
  const { desk, say } = useDesk();
  const others = [...log.typing.values()].filter(({ by }) => by.id !== desk.me.id);
  return (
    <div class="typing" data-testid="typing">
      {others.map(({ by, draft }) => (
        <div key={`${by.role} ${by.id}`} class="typing-one">
          <span class="typing-who">
            <i class="dots" aria-hidden="true" />
            {say("chat.typing", { name: by.name || name })}
            {draft !== undefined && draft !== "" && ` · ${say("chat.draft")}`}
          </span>
          {draft !== undefined && draft !== "" && (
            <div class="cs-bubble typing-draft" dir="auto" data-testid="typing-draft">
              <WrittenText text={draft} say={say} />
            </div>
          )}
        </div>
      ))}
    </div>
  );
}

interface StickyEnd {
  box: { current: HTMLDivElement | null };
  isAtEnd: boolean;
  onScroll: () => void;
  toEnd: () => void;
}

/** Keeps the end in view while it is, and whenever one writes oneself. */
function useStickyEnd(itemCount: number, outgoingCount: number, typingCount: number): StickyEnd {
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const outgoingBefore = useRef(outgoingCount);
  const toEnd = (): void => {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
    setAtEnd(true);
  };
  useLayoutEffect(() => {
    const hasWritten = outgoingCount > outgoingBefore.current;
    outgoingBefore.current = outgoingCount;
    if (isAtEnd || hasWritten) toEnd();
  }, [itemCount, outgoingCount, typingCount]);
  useEffect(() => {
    const here = box.current;
    if (here === null) return undefined;
    const observer = new ResizeObserver(() => isAtEnd && toEnd());
    observer.observe(here);
    return () => observer.disconnect();
  }, [isAtEnd]);
  const onScroll = (): void => {
    const here = box.current;
    if (here !== null) setAtEnd(here.scrollHeight - here.scrollTop - here.clientHeight < NEAR_END_PX);
  };
  return { box, isAtEnd, onScroll, toEnd };
}

/** Tells that the end was seen, only while somebody really can see it. */
function useMarkRead(row: Row, isAtEnd: boolean): void {
  const { desk } = useDesk();
  const mayRead = isAtEnd && desk.mayWrite(row);
  const look = (): void => {
    if (mayRead && desk.signals.isInSight(row.id)) desk.client.markRead(row.id);
  };
  useEffect(look, [row.log.version, mayRead]);
  useEffect(() => {
    window.addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [mayRead]);
}
