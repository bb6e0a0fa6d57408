import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TypingReporter } from "../src/typing.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function reporter(): { told: unknown[]; typing: TypingReporter } {
  const told: unknown[] = [];
  return { told, typing: new TypingReporter((on, draft) => told.push(draft === undefined ? on : [on, draft])) };
}

test("many key strokes are few reports", () => {
  const { told, typing } = reporter();
  for (let stroke = 0; stroke < 50; stroke += 1) {
    typing.typed(false);
    vi.advanceTimersByTime(100);
  }
  expect(told).toEqual([true, true, true]);
});

test("a pause ends the typing, and so does sending", () => {
  const { told, typing } = reporter();
  typing.typed(false);
  vi.advanceTimersByTime(10_000);
  expect(told.at(-1)).toBe(false);
  typing.typed(false);
  typing.stop();
  expect(told.slice(-2)).toEqual([true, false]);
  vi.advanceTimersByTime(10_000);
  expect(told.at(-1)).toBe(false);
});

test("an emptied box is no typing, and stopping twice is said once", () => {
  const { told, typing } = reporter();
  typing.typed(false);
  typing.typed(true);
  typing.stop();
  expect(told).toEqual([true, false]);
});

test("the draft that is shown is the latest", () => {
  const { told, typing } = reporter();
  typing.typed(false, "h");
  typing.typed(false, "he");
  vi.advanceTimersByTime(2_000);
  expect(told).toEqual([[true, "h"], [true, "he"]]);
});
