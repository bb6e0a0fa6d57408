import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Feed, type FeedOptions, type Known } from "../src/feed.ts";
import { ConversationLog, type Offer, type PresenceEvent } from "../src/index.ts";
import { AGENT, event, message, USER } from "./make.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface World extends Known {
  readonly feed: Feed;
  readonly gaps: string[];
  readonly behind: string[];
}

function world(more: Partial<FeedOptions> = {}): World {
  const logs = new Map<string, ConversationLog>();
  const [gaps, behind]: [string[], string[]] = [[], []];
  const known: Known = {
    offers: new Map<string, Offer>(),
    presence: new Map<string, PresenceEvent>(),
    log: (id) => logs.get(id) ?? logs.set(id, new ConversationLog(id)).get(id) ?? new ConversationLog(id),
    catchUp: (log) => void (log.isBehind("public") && behind.push(log.id)),
    changed: () => undefined,
  };
  const feed = new Feed(known, {
    onGap: (id, thread) => void gaps.push(`${id} ${thread}`),
    onApplied: () => undefined,
    onReconnectSoon: () => undefined,
    onAuthExpiring: () => undefined,
    ...more,
  });
  return { ...known, feed, gaps, behind };
}

/** As it arrives on the socket: the type is the name of the frame. */
function live(feed: Feed, { type, ...body }: ReturnType<typeof message>): void {
  feed.take(type, body);
}

test("live events are applied and told once, holes are reported", () => {
  const { feed, log, gaps } = world();
  const told: boolean[] = [];
  feed.on("message_posted", (_event, isLive) => told.push(isLive));
  live(feed, message(1, "one"));
  live(feed, message(1, "one"));
  live(feed, message(3, "three"));
  expect(gaps).toEqual(["c1 public"]);
  feed.durable(message(2, "two"), false);
  expect(told).toEqual([true, false]);
  expect(log("c1").view.last.public).toBe(2);
});

test("heads that run ahead lead to catching up, others do not", () => {
  const { feed, behind } = world();
  live(feed, message(1, "one"));
  feed.take("heads", { c1: { public: 1 }, c2: { public: 7 } });
  expect(behind).toEqual(["c2"]);
});

test("typing is forgotten when its end is lost", () => {
  const { feed, log } = world();
  feed.take("typing", { conversation: "c1", on: true, by: AGENT });
  expect(log("c1").typing.size).toBe(1);
  vi.advanceTimersByTime(6_000);
  expect(log("c1").typing.size).toBe(0);
});

test("an offer stands until it is withdrawn or taken; an older withdrawal changes nothing", () => {
  const { feed, offers } = world();
  const offer: Offer = { conversation: "c1", epoch: 4, expires_at: 1, preview: "help" };
  feed.take("offer", offer);
  feed.take("offer_withdrawn", { ...offer, epoch: 3 });
  expect(offers.has("c1")).toBe(true);
  live(feed, event("agent_assigned", 1, { agent: { id: "a1", name: "Amy", tier: 1 } }));
  expect(offers.has("c1")).toBe(false);
});

test("reads, places and presence land where screens look for them", () => {
  const { feed, log, presence } = world();
  feed.take("read", { conversation: "c1", seq: 3, by: USER });
  feed.take("queue_position", { conversation: "c1", position: 2, estimate_s: [60, 120] });
  feed.take("presence", { agent: { id: "a1", name: "Amy", tier: 1 }, status: "offline" });
  expect([log("c1").reads.user, log("c1").position, log("c1").estimate]).toEqual([3, 2, [60, 120]]);
  expect(presence.get("a1")?.status).toBe("offline");
});

test("what a later server may say is left alone", () => {
  const { feed } = world();
  for (const body of [null, 1, "x", {}, { conversation: "c1" }]) expect(() => feed.take("news", body)).not.toThrow();
});
