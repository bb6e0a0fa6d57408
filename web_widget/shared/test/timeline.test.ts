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
  expect(timeline(log, [outgoing], "user").map((one) => one.kind)).toEqual(["message", "outgoing"]);
  expect(timeline(log, [], "agent").map((one) => one.kind)).toEqual(["line", "message", "line"]);
});

test("a user is told why they wait again, not that they wait: the queue itself is in sight", () => {
  const log = logOf(
    event("agent_left", 1, { reason: "gone" }),
    event("queued", 2, { tier: 1, priority: 0, reason: "gone" }),
  );
  expect(timeline(log, [], "user").map((one) => one.id)).toEqual(["public-1"]);
});

const reached = (log: ConversationLog): Array<string | false> =>
  timeline(log, [], "user").map((one) => one.kind === "message" && one.reached);

test("a message is delivered, then read, once the other side is that far", () => {
  const log = logOf(message(1, "a"), message(2, "b"), message(3, "c"));
  log.arrivedUpTo("agent", 2);
  log.sawUpTo("agent", 1);
  expect(reached(log)).toEqual(["read", "delivered", "sent"]);
  log.receive(message(4, "seen all", AGENT));
  expect(reached(log)).toEqual(["read", "read", "read", "read"]);
});

test("an answer carries what it answers, as it stands now", () => {
  const log = logOf(message(1, "my card is 4111"), { ...message(2, "do not send that", AGENT), reply_to: "public-1" } as DurableEvent);
  const quoted = (): unknown => timeline(log, [{ ...outgoing, replyTo: "public-2" }], "user").map((one) => one.kind !== "line" && one.quoted?.text);
  expect(quoted()).toEqual([undefined, "my card is 4111", "do not send that"]);
  log.receive(event("message_removed", 3, { message: "public-1", removed: ["card"] }));
  expect(quoted()).toEqual([undefined, "", false, "do not send that"].filter((one) => one !== false));
});

test("notes and starts without words are not shown as messages on their way", () => {
  const items: Outgoing[] = [{ ...outgoing, kind: "note" }, { ...outgoing, kind: "start", text: "" }];
  expect(timeline(null, items, "agent")).toEqual([]);
});
