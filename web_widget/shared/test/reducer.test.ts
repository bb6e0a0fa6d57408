import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { apply, emptyView, reduce, type DurableEvent, type View } from "../src/index.ts";
import { AGENT, event, message } from "./make.ts";

interface Golden {
  readonly name: string;
  readonly events: DurableEvent[];
  readonly view: View;
}

const FOLDER = fileURLToPath(new URL("../../../tests/golden/", import.meta.url));
const FILES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith(".json")) : [];

function goldens(file: string): Golden[] {
  const read = JSON.parse(readFileSync(FOLDER + file, "utf8")) as Golden | Golden[];
  return Array.isArray(read) ? read : [read];
}

describe("golden logs, which the server replays too", () => {
  test("there are some", () => {
    expect(FILES).not.toHaveLength(0);
  });

  for (const golden of FILES.flatMap(goldens)) {
    test(golden.name, () => {
      expect(reduce(golden.events)).toEqual(golden.view);
    });
  }
});

test("an event out of turn changes nothing", () => {
  const view = reduce([message(1, "one")]);
  expect(apply(view, message(3, "three"))).toBe(false);
  expect(apply(view, message(1, "one again"))).toBe(false);
  expect(view.messages.map((one) => one.text)).toEqual(["one"]);
  expect(view.last).toEqual({ public: 1, internal: 0 });
});

test("the threads are numbered apart", () => {
  const view = emptyView();
  expect(apply(view, event("note_added", 1, { text: "look here" }, AGENT))).toBe(true);
  expect(apply(view, message(1, "hello"))).toBe(true);
  expect([view.notes.length, view.messages.length]).toEqual([1, 1]);
});

test("a removed text is a new object, so that a screen which remembers the old one draws it again", () => {
  const view = reduce([message(1, "my card is 4111"), message(2, "other")]);
  const [first, second] = view.messages;
  apply(view, event("message_removed", 3, { message: "public-1", removed: ["card"] }));
  expect(view.messages[0]).not.toBe(first);
  expect(view.messages[0]).toMatchObject({ text: "", removed: ["card"] });
  expect(view.messages[1]).toBe(second);
});
