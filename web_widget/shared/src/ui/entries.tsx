import type { JSX } from "preact";
import { errorText, eventText, nameOf, timeText, type SharedKey } from "../sentences.ts";
import type { Translate } from "../i18n.ts";
import type { Side } from "../log.ts";
import type { Entry } from "../timeline.ts";
import { Button } from "./button.tsx";
import { WrittenText } from "./text.tsx";

export interface EntryProps {
  entry: Entry;
  /** Whether it begins a run of messages of one person. */
  isFirst: boolean;
  /** Whether it is the last thing this person said, which alone shows how far it got. */
  isLastOwn: boolean;
  /** Whether something else on its way stands below and says so for both. */
  isFollowed?: boolean;
  side: Side;
  isOnline: boolean;
  say: Translate<SharedKey>;
  onRetry: (key: string) => void;
  onDiscard: (key: string) => void;
}

/** One entry of a conversation: a message, a sentence about what happened, or something on its way. */
export function EntryView(props: EntryProps): JSX.Element | null {
  switch (props.entry.kind) {
    case "message":
      return <MessageView {...props} entry={props.entry} />;
    case "line":
      return <LineView {...props} entry={props.entry} />;
    case "outgoing":
      return <OutgoingView {...props} entry={props.entry} />;
  }
}

type Of<Kind extends Entry["kind"]> = EntryProps & { entry: Extract<Entry, { kind: Kind }> };

function LineView({ entry, side, say }: Of<"line">): JSX.Element | null {
  const sentence = eventText(entry.event, side, say);
  if (sentence === null) return null;
  return (
    <p class="cs-line" data-testid="line" data-type={entry.event.type}>
      {sentence}
    </p>
  );
}

function MessageView({ entry, isFirst, isLastOwn, side, say }: Of<"message">): JSX.Element {
  const { message, by, isRead } = entry;
  const isOwn = by.role === side;
  const time = timeText(message.at, Date.now(), say);
  return (
    <div
      class={entryClass(isOwn, isFirst)}
      data-testid="message"
      data-role={by.role}
      data-seq={message.seq}
      data-id={message.id}
    >
      {isFirst && (
        <span class="cs-entry-who">
          {side === "user" && isOwn ? time : say("message.from", { name: nameOf(by, say), time })}
        </span>
      )}
      <Bubble text={message.text} removed={message.removed} say={say} />
      {isOwn && isLastOwn && (
        <span class="cs-entry-state" data-testid="message-state">
          {say(isRead ? "state.read" : "state.sent")}
        </span>
      )}
    </div>
  );
}

function Bubble(props: { text: string; removed: readonly string[]; say: Translate<SharedKey> }): JSX.Element {
  const { text, removed, say } = props;
  if (text === "" && removed.length > 0) {
    return <div class="cs-bubble cs-bubble-removed">{say("removed.erased")}</div>;
  }
  return (
    <>
      <div class="cs-bubble" data-testid="message-text" dir="auto">
        <WrittenText text={text} say={say} />
      </div>
      {removed.length > 0 && <span class="cs-entry-state">{say("removed.secret")}</span>}
    </>
  );
}

function OutgoingView({ entry, isFirst, isFollowed = false, isOnline, say, onRetry, onDiscard }: Of<"outgoing">): JSX.Element {
  const { key, text, state, error } = entry.item;
  const waiting = isOnline ? "state.sending" : "state.queued";
  const isFailed = state === "failed";
  return (
    <div class={entryClass(true, isFirst)} data-testid="outgoing" data-state={state}>
      <div class={`cs-bubble cs-bubble-${isFailed ? "failed" : "waiting"}`} dir="auto">
        <WrittenText text={text} say={say} />
      </div>
      {isFailed && (
        <span class="cs-entry-state cs-entry-failed" role="alert">
          {say("state.failed")} · {errorText(error ?? "retry", say)}
          <Button kind="bare" isSmall onClick={() => onRetry(key)} testId="retry">
            {say("action.retry")}
          </Button>
          <Button kind="bare" isSmall onClick={() => onDiscard(key)} testId="discard">
            {say("action.discard")}
          </Button>
        </span>
      )}
      {!isFailed && !isFollowed && (
        <span class="cs-entry-state" data-testid="message-state">
          {say(state === "sent" ? "state.sent" : waiting)}
        </span>
      )}
    </div>
  );
}

function entryClass(isOwn: boolean, isFirst: boolean): string {
  return `cs-entry${isOwn ? " cs-entry-own" : ""}${isFirst ? " cs-entry-first" : ""}`;
}
