import { expect, test } from "vitest";
import { shortcutOf, SHORTCUTS, type Pressed, type Circumstances } from "../src/desk/keys.ts";

const FREE: Circumstances = { inField: false, hasLetters: true };
const WRITING: Circumstances = { inField: true, hasLetters: true };
const NAMES: Readonly<Record<string, Partial<Pressed>>> = {
  "Ctrl K": { key: "k", ctrlKey: true },
  "⌘ K": { key: "k", metaKey: true },
  "Alt ↓": { key: "ArrowDown", altKey: true },
  "Alt ↑": { key: "ArrowUp", altKey: true },
  Esc: { key: "Escape" },
};

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  isComposing: false,
  ...more,
});

test("every shortcut is reached by every key that the sheet shows", () => {
  for (const [name, keys] of Object.entries(SHORTCUTS)) {
    for (const key of keys) expect(shortcutOf(press(key, NAMES[key]), FREE), key).toBe(name);
  }
});

test("no two shortcuts have the same key", () => {
  const keys = Object.values(SHORTCUTS).flat();
  expect(new Set(keys).size).toBe(keys.length);
});

test("letters are only letters while somebody writes, or where they are turned off", () => {
  for (const typing of [WRITING, { inField: false, hasLetters: false }]) {
    expect(shortcutOf(press("h"), typing)).toBeNull();
    expect(shortcutOf(press("?"), typing)).toBeNull();
  }
});

test("one moves between chats and opens the palette from inside the text field, too", () => {
  expect(shortcutOf(press("ArrowDown", { altKey: true }), WRITING)).toBe("next");
  expect(shortcutOf(press("ArrowUp", { altKey: true }), WRITING)).toBe("previous");
  expect(shortcutOf(press("k", { ctrlKey: true }), WRITING)).toBe("palette");
  expect(shortcutOf(press("k", { metaKey: true }), WRITING)).toBe("palette");
});

test("the browser's own shortcuts and Chinese input stay untouched", () => {
  expect(shortcutOf(press("r", { ctrlKey: true }), FREE)).toBeNull();
  expect(shortcutOf(press("r", { metaKey: true }), FREE)).toBeNull();
  expect(shortcutOf(press("n", { isComposing: true }), FREE)).toBeNull();
});
