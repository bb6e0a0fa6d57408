import { eventText, type ConversationLog, type DurableEvent, type Message } from "@chatserver/shared";
import { Button, EntryView, Rows, WrittenText } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive } from "../desk/live.ts";
import { quote } from "../desk/quotes.ts";
import type { Row } from "../desk/rows.ts";
import { focusOn } from "../desk/use_shortcuts.ts";
import { FilesIn, FilesOut } from "../files/files_view.tsx";
import { beginsRun, lastOwn, threadOf, type Item } from "../lists/thread.ts";
import { dayText } from "../time.ts";
import { useUserName } from "./conversation_row.tsx";
import { Glyph } from "./glyph.tsx";
import { NoteView } from "./note_view.tsx";

/** What was said and noted, with what the user is typing below it. */
export function Thread({ row }: { row: Row }): JSX.Element {
  const { say } = useDesk();
  const { log } = row;
  const name = useUserName()(row);
  const outgoing = useLive((one) => one.client.outgoing(row.id), sameList);
  const items = useMemo(() => threadOf(log, outgoing), [log, row.version, outgoing]);
  const rows = useRef<Rows<Item>>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  useMarkRead(row, isAtEnd);
  const own = lastOwn(items);
  const isLoading = log.events.length === 0 && log.heads.public > 0;
  return (
    <div class="thread">
      <Rows
        handle={rows}
        items={items}
        keyOf={(item) => item.id}
        label={say("chat.label", { name })}
        isOwnLast={isOnItsWay(items[items.length - 1])}
        onEnd={setAtEnd}
        before={isLoading && <p class="chat-told">{say("chat.loading")}</p>}
        after={<TypingPreview log={log} name={name} />}
        render={(item, index) => (
          <ItemView key={item.id} conversation={row.id} item={item} before={items[index - 1]} isLastOwn={item.id === own} onReveal={(id) => rows.current?.reveal(id)} />
        )}
      />
      {!isAtEnd && (
        <Button isSmall place="cs-to-end" onClick={() => rows.current?.toEnd()} testId="to-end">
          {say("chat.newest")}
          {row.unread > 0 && <span class="count">{row.unread}</span>}
        </Button>
      )}
      <Herald item={items[items.length - 1]} />
    </div>
  );
}

function isOnItsWay(item: Item | undefined): boolean {
  return item?.kind === "outgoing_note" || (item?.kind === "entry" && item.entry.kind === "outgoing");
}

/** Reads out what the user says, once; the thread itself is silent, since old messages come into the page as it scrolls. */
function Herald({ item }: { item: Item | undefined }): JSX.Element {
  const { say } = useDesk();
  const before = useRef(item?.id);
  const entry = item?.kind === "entry" && item.id !== before.current ? item.entry : null;
  const words = entry?.kind === "message" && entry.by.role === "user" ? `${entry.by.name || say("row.visitor")}: ${entry.message.text}` : "";
  return (
    <p class="cs-unseen" aria-live="polite" data-testid="herald">
      {words}
    </p>
  );
}

interface ItemProps {
  conversation: string;
  item: Item;
  before: Item | undefined;
  isLastOwn: boolean;
  onReveal: (id: string) => void;
}

/** An item of the thread; one that has not changed is not drawn again. */
function ItemView({ conversation, item, before, isLastOwn, onReveal }: ItemProps): JSX.Element {
  const { desk, say } = useDesk();
  const isFirst = beginsRun(item, before);
  const isOnline = useLive((one) => one.client.link.name === "online");
  const mayReply = useLive((one) => one.mayWrite(one.row(conversation)));
  const now = item.kind === "day" ? desk.now : 0;
  const reply = (message: Message): void => {
    quote(desk, conversation, message);
    focusOn("composer");
  };
  const drawn = useMemo(() => {
    if (item.kind === "day") {
      const names = { today: say("time.today"), yesterday: say("time.yesterday") };
      return <p class="day">{dayText(item.at, now, say.locale, names)}</p>;
    }
    if (item.kind === "note") return <NoteView note={item.note} to={item.to} />;
    if (item.kind === "internal") return <InternalLine event={item.event} />;
    if (item.kind === "outgoing_note") return <NoteView outgoing={item.item} />;
    return (
      <EntryView
        entry={item.entry}
        isFirst={isFirst}
        isLastOwn={isLastOwn}
        side="agent"
        isOnline={isOnline}
        say={say}
        onRetry={(key) => desk.client.retry(key)}
        onDiscard={(key) => desk.client.discard(key)}
        onReveal={onReveal}
        {...(mayReply && { onReply: reply })}
        drawFiles={(files) => <FilesIn files={files} />}
        drawOutgoing={(outgoing) => <FilesOut item={outgoing} />}
      />
    );
  }, [say, isFirst, isLastOwn, isOnline, mayReply, ...marksOf(item, isLastOwn)]);
  return (
    <div class="item" data-id={item.id} data-kind={kindOf(item)} data-after={before === undefined ? undefined : kindOf(before)}>
      {drawn}
    </div>
  );
}

function kindOf(item: Item): string {
  return item.kind === "entry" ? item.entry.kind : item.kind;
}

/** What has to change for an item to look different; how far a message got shows on the last one only. */
function marksOf(item: Item, isLastOwn: boolean): readonly [unknown, unknown] {
  if (item.kind === "note") return [item.note, item.to];
  if (item.kind === "outgoing_note") return [item.item, null];
  if (item.kind !== "entry") return [item.id, null];
  const { entry } = item;
  if (entry.kind === "message") return [entry.message, isLastOwn && entry.reached];
  return [entry.kind === "line" ? entry.event : entry.item, null];
}

/** What happened among colleagues, which the user never learns. */
function InternalLine({ event }: { event: DurableEvent }): JSX.Element | null {
  const { say } = useDesk();
  const sentence = eventText(event, "agent", say);
  if (sentence === null) return null;
  return (
    <p class="cs-line line-internal" data-testid="internal-line" data-type={event.type}>
      <Glyph name="note" size={13} /> {sentence}
    </p>
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

/** Tells that the end was seen, only while somebody really can see it. */
function useMarkRead(row: Row, isAtEnd: boolean): void {
  const { desk } = useDesk();
  const mayRead = isAtEnd && desk.mayWrite(row);
  const look = (): void => {
    if (mayRead && desk.signals.isInSight(row.id)) desk.client.markRead(row.id);
  };
  useEffect(look, [row.version, mayRead]);
  useEffect(() => {
    window.addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [mayRead, row.id]);
}
