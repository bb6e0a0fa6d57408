import { expect, test } from "vitest";
import { ConversationLog, timeline, type DurableEvent, type Outgoing } from "../src/index.ts";
import { AGENT, event, message } from "./make.ts";

function logOf(...events: DurableEvent[]): ConversationLog {
  const log = new ConversationLog("c1");
  for (const one of events) log.receive(one);
  return log;
}

const outgoing: Outgoing = { key: "k", kind: "message", lane: "c1", text: "on its way", order: 1, at: 1, state: "sending" };

test("messages and what happened stand in the order of the log, what is on its way below", () => {
  const log = logOf(
    event("conversation_started", 1, { topic: "", locale: "en" }),
    message(2, "help"),
    event("queued", 3, { tier: 1, priority: 0, reason: "requested" }),
  );
  expect(timeline(log, [outgoing], "user").map((one) => one.kind)).toEqual(["message", "line", "outgoing"]);
  expect(timeline(log, [], "agent").map((one) => one.kind)).toEqual(["line", "message", "line"]);
});

test("a user is not told twice that they wait", () => {
  const log = logOf(
    event("agent_left", 1, { reason: "gone" }),
    event("queued", 2, { tier: 1, priority: 0, reason: "gone" }),
  );
  expect(timeline(log, [], "user").map((one) => one.id)).toEqual(["public-1"]);
});

test("a message is read once the other side has read that far", () => {
  const log = logOf(message(1, "a"), message(2, "b"));
  log.sawUpTo("agent", 1);
  expect(timeline(log, [], "user").map((one) => one.kind === "message" && one.isRead)).toEqual([true, false]);
  log.receive(message(3, "seen both", AGENT));
  expect(timeline(log, [], "user").map((one) => one.kind === "message" && one.isRead)).toEqual([true, true, true]);
});

test("notes and starts without words are not shown as messages on their way", () => {
  const items: Outgoing[] = [{ ...outgoing, kind: "note" }, { ...outgoing, kind: "start", text: "" }];
  expect(timeline(null, items, "agent")).toEqual([]);
});
