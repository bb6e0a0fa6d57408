import { useLayoutEffect } from "preact/hooks";
import { neighbour, nextWaiting } from "../lists/sections.ts";
import { actionsFor, run as runAction, type ChatAction } from "./actions.ts";
import type { Desk } from "./desk.ts";
import { shortcutOf, type Shortcut } from "./keys.ts";
import { earlierOf, quote, quotedIn } from "./quotes.ts";

/** Acts on key presses anywhere on the page, from its first picture on, but never behind an open dialog. */
export function useShortcuts(desk: Desk): void {
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (document.querySelector("dialog[open]") !== null || event.defaultPrevented) return;
      const inField = isField(event.target);
      if (event.key === "Escape" && inField && !event.isComposing) return (event.target as HTMLElement).blur();
      const shortcut = shortcutOf(event, { inField, hasLetters: desk.settings.hasLetters });
      if (shortcut === null || (shortcut !== "palette" && desk.place.area !== "chats" && shortcut !== "sheet")) return;
      event.preventDefault();
      runShortcut(desk, shortcut);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [desk]);
}

/** Puts the cursor where one writes, once what was asked for is drawn. */
export function focusOn(testId: "composer" | "search-input"): void {
  const find = (): HTMLElement | null => document.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
  // Views are drawn in a microtask of this task, so that the next key is typed into the field already.
  queueMicrotask(() => queueMicrotask(() => (find() ?? null)?.focus()));
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

const ACTION_OF: Readonly<Partial<Record<Shortcut, readonly ChatAction[]>>> = {
  handOff: ["handOff"],
  transfer: ["transfer", "reassign"],
  consult: ["consult", "stopHelping"],
  watch: ["watch", "unwatch"],
  close: ["close", "forceClose"],
  takeBack: ["takeBack"],
  reopen: ["reopen"],
  join: ["join", "leave"],
};

/** Does what a shortcut says, also when it was chosen by name. */
export function runShortcut(desk: Desk, shortcut: Shortcut): void {
  const { selected } = desk;
  switch (shortcut) {
    case "palette":
      return desk.show({ dialog: "palette" });
    case "next":
    case "previous":
      return desk.select(neighbour(desk.order, selected, shortcut === "next" ? 1 : -1));
    case "nextUnread":
      return desk.select(nextWaiting(desk.sections.mine, selected) ?? selected);
    case "search":
      desk.show({ pane: "search" });
      return focusOn("search-input");
    case "accept":
    case "decline":
      return answerFirst(desk, shortcut);
    case "details":
      return desk.show({ showsDetails: !desk.showsDetails });
    case "quote":
      return quoteEarlier(desk);
    case "back":
      return leave(desk);
    case "sheet":
      return desk.show({ dialog: "keys" });
    case "write":
    case "note":
      return write(desk, shortcut === "note");
    default:
      return act(desk, ACTION_OF[shortcut] ?? []);
  }
}

function answerFirst(desk: Desk, answer: "accept" | "decline"): void {
  const [offer] = desk.client.offers.values();
  if (offer !== undefined) void desk.acts[answer](offer.conversation, offer.epoch);
}

function write(desk: Desk, isNote: boolean): void {
  const { selected } = desk;
  if (selected === null) return;
  const mode = isNote ? "note" : "reply";
  if (!desk.modesOf(desk.row(selected)).includes(mode)) return;
  desk.setMode(selected, mode);
  focusOn("composer");
}

/** Each press goes one message up; `write` then answers it. */
function quoteEarlier(desk: Desk): void {
  const { selected } = desk;
  if (selected === null || !desk.mayWrite(desk.row(selected))) return;
  const { log } = desk.row(selected);
  quote(desk, selected, earlierOf(log.view, quotedIn(log, desk)));
}

/** What was only begun goes first: a quote, then the chat. */
function leave(desk: Desk): void {
  const { selected } = desk;
  const row = selected === null ? null : desk.row(selected);
  if (row !== null && desk.mode(row) === "reply" && quotedIn(row.log, desk) !== null) return quote(desk, row.id, null);
  desk.select(null);
}

function act(desk: Desk, actions: readonly ChatAction[]): void {
  if (desk.selected === null) return;
  const possible = actionsFor(desk, desk.row(desk.selected));
  const action = actions.find((one) => possible.includes(one));
  if (action !== undefined) runAction(desk, action, desk.selected);
}
