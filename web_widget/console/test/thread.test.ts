import { ConversationLog, type DurableEvent, type Outgoing } from "@chatserver/shared";
import { expect, test } from "vitest";
import { beginsRun, lastOwn, threadOf, type Item } from "../src/lists/thread.ts";
import { ANN, log as writer, USER, type LogWriter } from "./events.ts";

const DAY_S = 24 * 3_600;

function logOf({ events }: LogWriter): ConversationLog {
  const log = new ConversationLog("c1");
  for (const event of events as DurableEvent[]) log.receive(event);
  return log;
}

const outgoing = (key: string, kind: Outgoing["kind"], order: number): Outgoing => ({
  key,
  kind,
  lane: "c1",
  text: key,
  order,
  at: order,
  state: "sending",
});

const names = (items: readonly Item[]): string[] =>
  items.filter(({ kind }) => kind !== "day").map((item) => (item.kind === "note" ? `note ${item.note.text}` : item.id));

test("notes stand between the messages at their time, after what happened at the same instant", () => {
  const chat = writer().started(1).says(USER, 2).says(ANN, 6);
  chat.add("note_added", 2, ANN, { text: "same instant" }).add("note_added", 4, ANN, { text: "between" });
  chat.add("note_added", 9, ANN, { text: "last" });
  const items = names(threadOf(logOf(chat), []));
  expect(items).toEqual(["public-1", "public-2", "note same instant", "note between", "public-3", "note last"]);
});

test("what is on its way stands last, in the order it was written, notes too", () => {
  const items = threadOf(logOf(writer().started()), [outgoing("c", "message", 3), outgoing("b", "note", 2), outgoing("a", "message", 1)]);
  expect(names(items).slice(-3)).toEqual(["a", "b", "c"]);
});

test("a new day is announced once", () => {
  const items = threadOf(logOf(writer().started(0).says(USER, 1).says(USER, DAY_S + 1).says(USER, DAY_S + 2)), []);
  expect(items.filter(({ kind }) => kind === "day")).toHaveLength(2);
});

test("messages of one person are a run until a pause, another person or a note comes between", () => {
  const chat = writer().started(0).says(USER, 1).says(USER, 2).says(ANN, 3).says(ANN, 900);
  const items = threadOf(logOf(chat), []).filter(({ kind }) => kind !== "day");
  expect(items.map((item, index) => beginsRun(item, items[index - 1]))).toEqual([true, true, false, true, true]);
  chat.add("note_added", 1, ANN, { text: "between" });
  const noted = threadOf(logOf(chat), []).filter(({ kind }) => kind !== "day");
  expect(noted.map((item, index) => beginsRun(item, noted[index - 1]))[3]).toBe(true);
});

test("how far a message got is shown only where an agent spoke last", () => {
  const chat = writer().started(0).says(USER, 1).says(ANN, 2);
  expect(lastOwn(threadOf(logOf(chat), []))).toBe("public-3");
  expect(lastOwn(threadOf(logOf(chat.says(USER, 3)), []))).toBeNull();
});
