import { expect, test, vi } from "vitest";
import { Keepsake, MemoryStorage, type Outgoing } from "../src/index.ts";

function item(key: string): Outgoing {
  return { key, kind: "message", lane: "c1", text: key, order: 1, at: 1, state: "sending" };
}

test("another page of the same person finds what was not sent", () => {
  const storage = new MemoryStorage();
  new Keepsake(storage, "user:lin").keepOutgoing([], [item("a"), item("b")]);
  const found = new Keepsake(storage, "user:lin").outgoing();
  expect(found.map((one) => one.key).sort()).toEqual(["a", "b"]);
});

test("two tabs that write at once do not overwrite each other", () => {
  const storage = new MemoryStorage();
  const [one, two] = [new Keepsake(storage, "user:lin"), new Keepsake(storage, "user:lin")];
  one.keepOutgoing([], [item("a")]);
  two.keepOutgoing([], [item("b")]);
  const a = item("a");
  one.keepOutgoing([a], []);
  expect(two.outgoing().map((left) => left.key)).toEqual(["b"]);
});

test("people on the same device see nothing of each other, however they are called", () => {
  const storage = new MemoryStorage();
  new Keepsake(storage, "user:lin").keepOutgoing([], [item("a")]);
  for (const other of ["user:li", "user", "user:lin|out.", "user:lin%7C"]) {
    expect(new Keepsake(storage, other).outgoing()).toEqual([]);
  }
});

test("an entry that cannot be read is no reason to stop", () => {
  const storage = new MemoryStorage();
  const keepsake = new Keepsake(storage, "user:lin");
  keepsake.set("out.broken", "{");
  keepsake.set("out.strange", "7");
  expect(keepsake.outgoing()).toEqual([]);
});

test("a full storage loses nothing of the running page", () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const storage = new MemoryStorage();
  storage.setItem = () => {
    throw new Error("full");
  };
  expect(() => new Keepsake(storage, "u").set("draft", "text")).not.toThrow();
  expect(warned).toHaveBeenCalledOnce();
  warned.mockRestore();
});
