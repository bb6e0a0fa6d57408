import { expect, test } from "vitest";
import { shortcutOf, SHORTCUTS, type Pressed } from "../src/desk/keys.ts";

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  isComposing: false,
  ...more,
});

test("every shortcut is reached by the first key that the sheet shows", () => {
  for (const [name, [key]] of Object.entries(SHORTCUTS)) expect(shortcutOf(press(key ?? ""), false)).toBe(name);
});

test("letters are only letters while somebody writes", () => {
  expect(shortcutOf(press("h"), true)).toBeNull();
  expect(shortcutOf(press("?"), true)).toBeNull();
});

test("one moves between chats from inside the text field, too", () => {
  expect(shortcutOf(press("ArrowDown", { altKey: true }), true)).toBe("next");
  expect(shortcutOf(press("ArrowUp", { altKey: true }), true)).toBe("previous");
});

test("the browser's own shortcuts and Chinese input stay untouched", () => {
  expect(shortcutOf(press("r", { ctrlKey: true }), false)).toBeNull();
  expect(shortcutOf(press("r", { metaKey: true }), false)).toBeNull();
  expect(shortcutOf(press("n", { isComposing: true }), false)).toBeNull();
});
