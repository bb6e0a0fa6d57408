import { expect, test } from "vitest";
import { clockText, dayNumber, dayText, durationText } from "../src/time.ts";

const SECOND_MS = 1_000;
const NAMES = { today: "Today", yesterday: "Yesterday" };

test("a clock shows seconds, then minutes, then hours", () => {
  expect(clockText(7 * SECOND_MS)).toBe("0:07");
  expect(clockText((12 * 60 + 40) * SECOND_MS)).toBe("12:40");
  expect(clockText((3_600 + 5 * 60 + 9) * SECOND_MS)).toBe("1:05:09");
  expect(clockText(-5)).toBe("0:00");
});

test("lengths of time are told in the words of the language", () => {
  expect(durationText(40 * SECOND_MS, "en")).toBe("40\u00a0s");
  expect(durationText(185 * SECOND_MS, "zh-CN")).toBe("3\u00a0分钟");
  expect(durationText(3_900 * SECOND_MS, "en")).toBe("1\u00a0h 5\u00a0min");
});

test("days are local days, named when they are near", () => {
  const noon = new Date(2026, 10, 22, 12).getTime();
  const lateYesterday = new Date(2026, 10, 21, 23, 59).getTime();
  expect(dayNumber(noon) - dayNumber(lateYesterday)).toBe(1);
  expect(dayText(noon, noon, "en", NAMES)).toBe("Today");
  expect(dayText(lateYesterday, noon, "en", NAMES)).toBe("Yesterday");
  expect(dayText(new Date(2026, 10, 1).getTime(), noon, "zh-CN", NAMES)).toContain("11月1日");
});
