import { Keepsake, MemoryStorage, type OutgoingFile } from "@chatserver/shared";
import { expect, test } from "vitest";
import type { Courier } from "../src/files/courier.ts";
import { Trays } from "../src/files/trays.ts";

const file = (id: string): OutgoingFile => ({ id, name: `${id}.png`, type: "image/png", size: 9 });

function made(storage = new MemoryStorage()): { trays: Trays; dropped: string[] } {
  const dropped: string[] = [];
  const courier = { drop: ({ id }: OutgoingFile) => dropped.push(id) } as unknown as Courier;
  return { trays: new Trays(new Keepsake(storage, "a"), courier, () => undefined), dropped };
}

test("chosen files wait for their own chat and their own kind of text, over a reload", () => {
  const storage = new MemoryStorage();
  const { trays } = made(storage);
  trays.add("c1", "reply", [file("f1"), file("f2")]);
  trays.add("c1", "note", [file("f3")]);
  const after = made(storage).trays;
  expect(after.of("c1", "reply")).toEqual([file("f1"), file("f2")]);
  expect(after.of("c1", "note")).toEqual([file("f3")]);
  expect(after.of("c2", "reply")).toEqual([]);
});

test("the same files are the same list, so that nothing is drawn for nothing", () => {
  const { trays } = made();
  trays.add("c1", "reply", [file("f1")]);
  expect(trays.of("c1", "reply")).toBe(trays.of("c1", "reply"));
  expect(trays.of("c2", "note")).toBe(trays.of("c2", "note"));
});

test("what is taken goes along and keeps its bytes; what is thrown away loses them", () => {
  const { trays, dropped } = made();
  trays.add("c1", "reply", [file("f1"), file("f2")]);
  trays.drop("c1", "reply", file("f1"));
  expect(trays.take("c1", "reply")).toEqual([file("f2")]);
  expect(dropped).toEqual(["f1"]);
  expect(trays.of("c1", "reply")).toEqual([]);
});
