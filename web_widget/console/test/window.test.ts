import { expect, test } from "vitest";
import { indexAt, offsetsOf, spanOf, WHOLE } from "../src/lists/window.ts";

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `i${index}`);

test("known heights count as they are, the others as estimated", () => {
  expect([...offsetsOf(ids(3), new Map([["i1", 100]]), 40)]).toEqual([0, 40, 140, 180]);
});

test("a short list stands in the page as a whole", () => {
  expect(spanOf(offsetsOf(ids(WHOLE), new Map(), 40), 0, 10, 0)).toEqual({ from: 0, to: WHOLE });
});

test("of a long list stands what is in sight and a margin around it", () => {
  const offsets = offsetsOf(ids(5_000), new Map(), 40);
  const { from, to } = spanOf(offsets, 40_000, 800, 400);
  expect(offsets[from]).toBeLessThanOrEqual(39_600);
  expect(offsets[to]).toBeGreaterThanOrEqual(41_200);
  expect(to - from).toBeLessThan(45);
});

test("both ends of a long list can be reached", () => {
  const offsets = offsetsOf(ids(5_000), new Map([["i0", 900]]), 40);
  expect(spanOf(offsets, 0, 800, 400).from).toBe(0);
  expect(spanOf(offsets, (offsets[5_000] ?? 0) - 800, 800, 400).to).toBe(5_000);
});

test("every height belongs to the item that begins at or above it", () => {
  const offsets = offsetsOf(ids(4), new Map([["i2", 0]]), 10);
  expect([-5, 0, 9, 10, 19, 20, 29, 999].map((height) => indexAt(offsets, height))).toEqual([0, 0, 0, 1, 1, 3, 3, 3]);
});

test("an empty list has nothing in sight", () => {
  expect(spanOf(offsetsOf([], new Map(), 40), 0, 800, 400)).toEqual({ from: 0, to: 0 });
});
