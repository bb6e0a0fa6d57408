import type { ComponentChildren, JSX } from "preact";
import { timeText } from "../moments.ts";
import { errorText, eventText, nameOf, type SharedKey } from "../sentences.ts";
import type { Translate } from "../i18n.ts";
import type { Side } from "../log.ts";
import type { Outgoing } from "../outbox.ts";
import type { Message } from "../reducer.ts";
import type { FileInfo } from "../generated/protocol.ts";
import type { Entry, MessageEntry, Reached } from "../timeline.ts";
import { Button, IconButton } from "./button.tsx";
import { check, checks, clock, reply } from "./icons.ts";
import { Icon, Notice } from "./marks.tsx";
import { WrittenText } from "./text.tsx";

/** What a conversation lets people do with its entries; what is left out is not offered. */
export interface EntryActs {
  onRetry: (key: string) => void;
  onDiscard: (key: string) => void;
  /** Answers a message. */
  onReply?: (message: Message) => void;
  /** Shows the message that another one answers. */
  onReveal?: (id: string) => void;
  /** Draws the files that came with a message. */
  drawFiles?: (files: readonly FileInfo[]) => ComponentChildren;
  /** Draws the files of a message on its way. */
  drawOutgoing?: (item: Outgoing) => ComponentChildren;
  /** Stands below what somebody wrote, a warning about its links say. */
  drawBelow?: (entry: MessageEntry) => ComponentChildren;
}

export interface EntryProps extends EntryActs {
  entry: Entry;
  /** Whether it begins a run of messages of one person. */
  isFirst: boolean;
  /** Whether it is the last thing this person said, which alone shows how far it got. */
  isLastOwn: boolean;
  /** Whether something else on its way stands below and says so for both. */
  isFollowed?: boolean;
  side: Side;
  isOnline: boolean;
  say: Say;
}

type Say = Translate<SharedKey>;

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

function MessageView(props: Of<"message">): JSX.Element {
  const { entry, isFirst, isLastOwn, side, say, onReply, drawFiles } = props;
  const { message, by, files } = entry;
  const isOwn = by.role === side;
  const time = timeText(message.at, Date.now(), say);
  const isGone = message.text === "" && message.removed.length > 0;
  return (
    <div class={entryClass(isOwn, isFirst)} data-testid="message" data-role={by.role} data-seq={message.seq} data-id={message.id} tabIndex={-1}>
      {isFirst && (
        <span class="cs-entry-who">
          {side === "user" && isOwn ? time : say("message.from", { name: nameOf(by, say), time })}
        </span>
      )}
      {files.length > 0 && !isGone && drawFiles?.(files)}
      {(message.text !== "" || isGone) && (
        <div class="cs-said">
          <Bubble {...props} isGone={isGone} />
          {onReply && !isGone && (
            <IconButton
              label={say("action.reply")}
              place="cs-entry-act"
              onClick={() => onReply(message)}
              // Agents have a key for it; tab leads them past a long conversation.
              tabIndex={side === "agent" ? -1 : 0}
              testId="reply"
            >
              <Icon path={reply} size={17} />
            </IconButton>
          )}
        </div>
      )}
      {!isGone && message.removed.length > 0 && <span class="cs-entry-state">{say("removed.secret")}</span>}
      {!isGone && message.flags?.includes("impersonation") === true && (
        <Notice kind="danger" testId="impersonation">
          {say(by.role === side ? "flag.impersonation_own" : "flag.impersonation")}
        </Notice>
      )}
      {props.drawBelow?.(entry)}
      {isOwn && isLastOwn && <Receipt reached={entry.reached} say={say} />}
    </div>
  );
}

function Bubble({ entry, isGone, onReveal, say }: Of<"message"> & { isGone: boolean }): JSX.Element {
  if (isGone) return <div class="cs-bubble cs-bubble-removed">{say("removed.erased")}</div>;
  return (
    <div class="cs-bubble" data-testid="message-bubble">
      {entry.quoted && <Quote message={entry.quoted} say={say} {...(onReveal && { onReveal })} />}
      <div data-testid="message-text" dir="auto">
        <WrittenText text={entry.message.text} say={say} links={entry.message.links} />
      </div>
    </div>
  );
}

/** The first words of the message that another one answers. */
export function Quote(props: { message: Message; say: Say; onReveal?: (id: string) => void }): JSX.Element {
  const { message, say, onReveal } = props;
  const words = (
    <>
      <b dir="auto">{nameOf(message, say)}</b>
      <span dir="auto">{message.text === "" ? say("quote.wordless") : message.text.slice(0, 200)}</span>
    </>
  );
  if (onReveal === undefined) {
    return (
      <div class="cs-quote" data-testid="quote">
        {words}
      </div>
    );
  }
  return (
    <button type="button" class="cs-quote" onClick={() => onReveal(message.id)} data-testid="quote">
      {words}
    </button>
  );
}

const RECEIPTS: Record<Reached | "sending" | "queued", string> = { sending: clock, queued: clock, sent: check, delivered: checks, read: checks };

function Receipt({ reached, say }: { reached: keyof typeof RECEIPTS; say: Say }): JSX.Element {
  return (
    <span class="cs-entry-state" data-testid="message-state" data-state={reached}>
      <span class={reached === "read" ? "cs-receipt cs-receipt-read" : "cs-receipt"}>
        <Icon path={RECEIPTS[reached]} size={14} />
        {say(`state.${reached}`)}
      </span>
    </span>
  );
}

function OutgoingView(props: Of<"outgoing">): JSX.Element {
  const { entry, isFirst, isFollowed = false, isOnline, say } = props;
  const { text, state, files } = entry.item;
  const isFailed = state === "failed";
  return (
    <div class={entryClass(true, isFirst)} data-testid="outgoing" data-state={state}>
      {files !== undefined && props.drawOutgoing?.(entry.item)}
      {text !== "" && (
        <div class={`cs-bubble cs-bubble-${isFailed ? "failed" : "waiting"}`} dir="auto">
          {entry.quoted && <Quote message={entry.quoted} say={say} />}
          <WrittenText text={text} say={say} />
        </div>
      )}
      {isFailed && <Failed {...props} />}
      {!isFailed && !isFollowed && <Receipt reached={state === "sent" ? "sent" : isOnline ? "sending" : "queued"} say={say} />}
    </div>
  );
}

function Failed({ entry, say, onRetry, onDiscard }: Of<"outgoing">): JSX.Element {
  const { key, error, files } = entry.item;
  // What is wrong with a file cannot be mended by looking at the words.
  const isFile = files !== undefined && (error === "invalid" || error === "too_large");
  return (
    <span class="cs-entry-state cs-entry-failed" role="alert">
      <span>
        {say("state.failed")} · {isFile ? say("error.file") : errorText(error ?? "retry", say)}
      </span>
      <Button kind="bare" isSmall onClick={() => onRetry(key)} testId="retry">
        {say("action.retry")}
      </Button>
      <Button kind="bare" isSmall onClick={() => onDiscard(key)} testId="discard">
        {say("action.discard")}
      </Button>
    </span>
  );
}

function entryClass(isOwn: boolean, isFirst: boolean): string {
  return `cs-entry${isOwn ? " cs-entry-own" : ""}${isFirst ? " cs-entry-first" : ""}`;
}
