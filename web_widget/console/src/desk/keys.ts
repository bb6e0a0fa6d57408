/** What a key press means outside of text fields; pure, so that the sheet and the tests read the same table. */

export type Shortcut =
  | "next"
  | "previous"
  | "nextUnread"
  | "write"
  | "note"
  | "handOff"
  | "transfer"
  | "close"
  | "search"
  | "accept"
  | "sheet";

/** The keys of each shortcut as they are shown; letters work without Shift. */
export const SHORTCUTS: Readonly<Record<Shortcut, readonly string[]>> = {
  next: ["J", "Alt ↓"],
  previous: ["K", "Alt ↑"],
  nextUnread: ["U"],
  write: ["R"],
  note: ["N"],
  handOff: ["H"],
  transfer: ["T"],
  close: ["E"],
  accept: ["A"],
  search: ["/"],
  sheet: ["?"],
};

const BY_KEY = new Map<string, Shortcut>([
  ["j", "next"],
  ["k", "previous"],
  ["u", "nextUnread"],
  ["r", "write"],
  ["n", "note"],
  ["h", "handOff"],
  ["t", "transfer"],
  ["e", "close"],
  ["a", "accept"],
  ["/", "search"],
  ["?", "sheet"],
]);

export interface Pressed {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
}

/** The shortcut of a key press; `inField` when a text field has the focus, where only Alt with arrows acts. */
export function shortcutOf(pressed: Pressed, inField: boolean): Shortcut | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.isComposing) return null;
  if (pressed.altKey) {
    if (pressed.key === "ArrowDown") return "next";
    return pressed.key === "ArrowUp" ? "previous" : null;
  }
  return inField ? null : (BY_KEY.get(pressed.key.toLowerCase()) ?? null);
}
