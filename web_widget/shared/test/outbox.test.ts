import { expect, test } from "vitest";
import { addressed, changed, discarded, due, failed, inOrder, NEW, retried, withoutSeen, type Outgoing } from "../src/outbox.ts";

function item(key: string, order: number, more: Partial<Outgoing> = {}): Outgoing {
  return { key, kind: "message", lane: "c1", text: key, order, at: order, state: "sending", ...more };
}

const keys = (items: readonly Outgoing[]): string[] => items.map((one) => one.key);

test("of every lane only the oldest unsent message goes out", () => {
  const items = [item("b", 2), item("a", 1), item("x", 3, { lane: "c2" })];
  expect(keys(due(items, new Set()))).toEqual(["a", "x"]);
});

test("nothing overtakes what is under way in its lane", () => {
  const items = [item("a", 1), item("b", 2), item("x", 3, { lane: "c2" })];
  expect(keys(due(items, new Set(["c1"])))).toEqual(["x"]);
});

test("a message that failed for good does not hold up those behind it", () => {
  const items = failed([item("a", 1), item("b", 2)], "a", "too_large");
  expect(items[0]).toMatchObject({ state: "failed", error: "too_large" });
  expect(keys(due(items, new Set()))).toEqual(["b"]);
});

test("what is written before the conversation exists waits for it, then goes to it in order", () => {
  const items = [item("start", 1, { kind: "start", lane: NEW }), item("b", 2, { lane: NEW }), item("c", 3, { lane: NEW })];
  expect(keys(due(items, new Set()))).toEqual(["start"]);
  const sent = addressed(changed(items, "start", { state: "sent" }), "c9");
  expect(sent.map((one) => one.lane)).toEqual(["c9", "c9", "c9"]);
  expect(keys(due(sent, new Set()))).toEqual(["b"]);
});

test("messages without a conversation are not sent to nowhere", () => {
  expect(due([item("b", 2, { lane: NEW })], new Set())).toEqual([]);
});

test("a conversation that cannot be opened takes what waited for it along, and back", () => {
  const items = [item("start", 1, { kind: "start", lane: NEW }), item("b", 2, { lane: NEW }), item("x", 3)];
  const all = failed(items, "start", "forbidden");
  expect(all.map((one) => one.state)).toEqual(["failed", "failed", "sending"]);
  const again = retried(all, "start");
  expect(again.map((one) => one.state)).toEqual(["sending", "sending", "sending"]);
  expect(again[0]).not.toHaveProperty("error");
});

test("when the words that would have opened a conversation are thrown away, the next ones open it", () => {
  const items = [item("start", 1, { kind: "start", lane: NEW }), item("b", 2, { lane: NEW }), item("c", 3, { lane: NEW })];
  const left = discarded(items, "start");
  expect(left.map(({ key, kind }) => [key, kind])).toEqual([["b", "start"], ["c", "message"]]);
  expect(discarded(items, "b").map((one) => one.kind)).toEqual(["start", "message"]);
});

test("trying again keeps the key, so that nothing is posted twice", () => {
  const [again] = retried(failed([item("a", 1)], "a", "closed"), "a");
  expect(again).toEqual(item("a", 1));
});

test("only a failed message can be tried again", () => {
  const items = [item("a", 1, { state: "sent" })];
  expect(retried(items, "a")).toEqual(items);
});

test("what the log shows leaves the outbox", () => {
  expect(keys(withoutSeen([item("a", 1), item("b", 2)], new Set(["a"])))).toEqual(["b"]);
});

test("the order is that of writing, whatever the storage returned first", () => {
  expect(keys(inOrder([item("c", 3), item("a", 1), item("b", 2)]))).toEqual(["a", "b", "c"]);
});
