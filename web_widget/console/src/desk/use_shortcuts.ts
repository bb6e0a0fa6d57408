import { useEffect } from "preact/hooks";
import { neighbour, nextWaiting } from "../lists/sections.ts";
import { actionsFor } from "./actions.ts";
import type { Desk, Dialog } from "./desk.ts";
import { shortcutOf, type Shortcut } from "./keys.ts";

/** Acts on key presses anywhere on the page, but never behind an open dialog. */
export function useShortcuts(desk: Desk): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (desk.dialog !== null) return;
      const inField = isField(event.target);
      if (event.key === "Escape" && inField && !event.isComposing) return (event.target as HTMLElement).blur();
      const shortcut = shortcutOf(event, inField);
      if (shortcut === null) return;
      event.preventDefault();
      run(desk, shortcut);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [desk]);
}

/** Puts the cursor where one writes. */
export function focusOn(testId: "composer" | "search-input"): void {
  // The field may be drawn only after the change that asks for it.
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-testid="${testId}"]`)?.focus());
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

const DIALOG_OF: Readonly<Partial<Record<Shortcut, Dialog>>> = { handOff: "handOff", transfer: "transfer", close: "close" };

function run(desk: Desk, shortcut: Shortcut): void {
  const { selected } = desk;
  switch (shortcut) {
    case "next":
    case "previous":
      return desk.select(neighbour(desk.order, selected, shortcut === "next" ? 1 : -1));
    case "nextUnread":
      return desk.select(nextWaiting(desk.sections.mine, selected) ?? selected);
    case "search":
      desk.show({ pane: "search" });
      return focusOn("search-input");
    case "accept":
      return acceptFirst(desk);
    case "sheet":
      return desk.show({ dialog: "keys" });
    case "write":
    case "note":
      return write(desk, shortcut === "note");
    default:
      return open(desk, DIALOG_OF[shortcut] ?? null);
  }
}

function acceptFirst(desk: Desk): void {
  const [offer] = desk.client.offers.values();
  if (offer !== undefined) void desk.accept(offer.conversation, offer.epoch);
}

function write(desk: Desk, isNote: boolean): void {
  const { selected } = desk;
  if (selected === null || !desk.mayWrite(desk.row(selected))) return;
  desk.setMode(selected, isNote ? "note" : "reply");
  focusOn("composer");
}

function open(desk: Desk, dialog: Dialog | null): void {
  if (desk.selected === null || dialog === null) return;
  if (actionsFor(desk, desk.row(desk.selected)).some((action) => action === dialog)) desk.show({ dialog });
}
