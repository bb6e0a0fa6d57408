/** What a key press means outside of text fields; pure, so that the sheet and the tests read the same table. */

/** Every shortcut with its keys as they are shown; letters work without Shift. */
export const SHORTCUTS = {
  palette: ["Ctrl K", "⌘ K"],
  next: ["J", "Alt ↓"],
  previous: ["K", "Alt ↑"],
  nextUnread: ["U"],
  write: ["R"],
  note: ["N"],
  quote: ["P"],
  handOff: ["H"],
  transfer: ["T"],
  takeBack: ["B"],
  consult: ["Q"],
  watch: ["W"],
  close: ["E"],
  reopen: ["O"],
  join: ["Y"],
  accept: ["A"],
  decline: ["D"],
  details: ["I"],
  search: ["/"],
  back: ["Esc"],
  sheet: ["?"],
} as const;

export type Shortcut = keyof typeof SHORTCUTS;

/** The shortcuts of a single letter or sign, by what the key press says. */
const BY_KEY: ReadonlyMap<string, Shortcut> = new Map(
  (Object.entries(SHORTCUTS) as [Shortcut, readonly string[]][])
    .flatMap(([name, keys]) => keys.map((key): [string, Shortcut] => [key.toLowerCase(), name]))
    .filter(([key]) => key.length === 1),
);

export interface Pressed {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
}

export interface Circumstances {
  /** A text field has the focus: only keys with Ctrl, ⌘ or Alt act. */
  readonly inField: boolean;
  /** Whether single letters act at all; speech input types letters nobody meant as commands. */
  readonly hasLetters: boolean;
}

/** The shortcut of a key press, if it is one. */
export function shortcutOf(pressed: Pressed, { inField, hasLetters }: Circumstances): Shortcut | null {
  if (pressed.isComposing) return null;
  if (pressed.ctrlKey || pressed.metaKey) return pressed.key.toLowerCase() === "k" && !pressed.altKey ? "palette" : null;
  if (pressed.altKey) {
    if (pressed.key === "ArrowDown") return "next";
    return pressed.key === "ArrowUp" ? "previous" : null;
  }
  if (inField) return null;
  if (pressed.key === "Escape") return "back";
  return hasLetters ? (BY_KEY.get(pressed.key.toLowerCase()) ?? null) : null;
}
