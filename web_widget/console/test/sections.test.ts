import { expect, test } from "vitest";
import { NO_FACTS, type Facts } from "../src/lists/facts.ts";
import { clockOf, LATE_MS, neighbour, nextWaiting, sectionsOf, type Listed } from "../src/lists/sections.ts";

const listed = (id: string, facts: Partial<Facts> = {}, more: Partial<Listed> = {}): Listed => ({
  id,
  status: "active",
  agentId: "ann",
  supervisors: [],
  consultants: [],
  isWatched: false,
  unread: 0,
  facts: { ...NO_FACTS, ...facts },
  ...more,
});

const ids = (items: readonly Listed[]): string[] => items.map(({ id }) => id);

test("unanswered chats stand first, the longest waiting at the top, then the latest", () => {
  const { mine } = sectionsOf(
    [
      listed("quiet", { lastAt: 10 }),
      listed("late", { waitingSince: 5, lastAt: 50 }),
      listed("fresh", { lastAt: 90 }),
      listed("later", { waitingSince: 2, lastAt: 40 }),
    ],
    "ann",
  );
  expect(ids(mine)).toEqual(["later", "late", "fresh", "quiet"]);
});

test("a new assignment without any words waits as well", () => {
  const { mine } = sectionsOf([listed("answered", { lastAt: 9 }), listed("new", { replyOwedSince: 3 })], "ann");
  expect(ids(mine)).toEqual(["new", "answered"]);
});

test("each conversation stands in the one list it belongs to", () => {
  const sections = sectionsOf(
    [
      listed("mine"),
      listed("others", {}, { agentId: "ben" }),
      listed("joined", {}, { agentId: "ben", supervisors: ["ann"] }),
      listed("helped", {}, { agentId: "ben", consultants: ["ann"] }),
      listed("watched", {}, { agentId: "ben", isWatched: true }),
      listed("passed", { handedOffBy: "ann" }, { status: "waiting", agentId: null }),
      listed("rings", { handedOffBy: "ann" }, { status: "offered", agentId: null }),
      listed("lost", {}, { status: "waiting", agentId: null }),
      listed("ended", { lastAgent: "ann", closedAt: 4 }, { status: "closed", agentId: null }),
      listed("ended elsewhere", { lastAgent: "ben" }, { status: "closed", agentId: null }),
    ],
    "ann",
  );
  expect(Object.values(sections).map(ids)).toEqual([["mine"], ["joined"], ["helped"], ["watched"], ["passed", "rings"], ["ended"]]);
});

test("the clock to the first reply goes before the clock of the waiting user", () => {
  const item = listed("a", { replyOwedSince: 10_000, waitingSince: 5_000 });
  expect(clockOf(item, 15_000)).toEqual({ kind: "first_reply", elapsedMs: 5_000, urgency: "calm" });
  expect(clockOf(item, 45_000)?.urgency).toBe("soon");
  expect(clockOf(item, 60_000)?.urgency).toBe("late");
});

test("the clock of the waiting user runs only in active chats and never below nothing", () => {
  const item = listed("a", { waitingSince: 5_000 });
  expect(clockOf(item, 4_000)).toEqual({ kind: "waiting", elapsedMs: 0, urgency: "calm" });
  expect(clockOf(item, 5_000 + LATE_MS)?.urgency).toBe("late");
  expect(clockOf({ ...item, status: "waiting" }, 9_000)).toBeNull();
  expect(clockOf(listed("b"), 9_000)).toBeNull();
});

test("moving stops at the ends and begins where nothing is chosen", () => {
  expect(neighbour(["a", "b"], "a", 1)).toBe("b");
  expect(neighbour(["a", "b"], "b", 1)).toBe("b");
  expect(neighbour(["a", "b"], null, 1)).toBe("a");
  expect(neighbour(["a", "b"], "gone", -1)).toBe("b");
  expect(neighbour([], null, 1)).toBeNull();
});

test("the next waiting chat is looked for all the way round", () => {
  const mine = [listed("a", { waitingSince: 1 }), listed("b"), listed("c", { waitingSince: 2 }), listed("d")];
  expect(nextWaiting(mine, "a")).toBe("c");
  expect(nextWaiting(mine, "c")).toBe("a");
  expect(nextWaiting([listed("b")], "b")).toBeNull();
});
