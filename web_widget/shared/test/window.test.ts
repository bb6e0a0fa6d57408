import { expect, test } from "vitest";
import { offset, span } from "../src/ui/window.ts";

const HEIGHTS = [100, 200, 300, 100, 100];

test("a block begins where those above it end", () => {
  expect([0, 1, 2, 5].map((index) => offset(HEIGHTS, index))).toEqual([0, 100, 300, 800]);
});

test("the blocks that are seen are drawn, and those within the margin", () => {
  expect(span(HEIGHTS, 0, 50, 0)).toEqual([0, 1]);
  expect(span(HEIGHTS, 350, 450, 0)).toEqual([2, 3]);
  expect(span(HEIGHTS, 350, 450, 60)).toEqual([1, 3]);
  expect(span(HEIGHTS, 350, 450, 1_000)).toEqual([0, 5]);
});

test("past the end the last block is drawn, and of nothing nothing", () => {
  expect(span(HEIGHTS, 5_000, 5_100, 0)).toEqual([4, 5]);
  expect(span([], 0, 100, 100)).toEqual([0, 0]);
});
