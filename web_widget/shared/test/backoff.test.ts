import { expect, test } from "vitest";
import { backoffMs } from "../src/index.ts";

test("pauses grow 1, 2, 4 … 30 s, with full jitter", () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((attempt) => backoffMs(attempt, 1))).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  expect(backoffMs(3, 0)).toBe(0);
  expect(backoffMs(3, 0.5)).toBe(4000);
});
