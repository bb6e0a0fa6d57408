import { expect, test } from "vitest";
import { ConversationLog, type Conversation } from "../src/index.ts";
import { AGENT, event, message, USER } from "./make.ts";

function described(more: Partial<Conversation>): Conversation {
  return { id: "c1", status: "bot", tier: 1, epoch: 0, topic: "", heads: { public: 0 }, ...more };
}

test("the next event is applied, an old one is known, a later one shows a gap", () => {
  const log = new ConversationLog("c1");
  expect(log.receive(message(1, "one"))).toBe("applied");
  expect(log.receive(message(1, "one"))).toBe("seen");
  expect(log.receive(message(3, "three"))).toBe("gap");
  expect(log.isBehind("public")).toBe(true);
  expect(log.receive(message(2, "two"))).toBe("applied");
  expect(log.receive(message(3, "three"))).toBe("applied");
  expect(log.isBehind("public")).toBe(false);
  expect(log.view.messages.map((one) => one.text)).toEqual(["one", "two", "three"]);
});

test("heads that run ahead show that something is missing; they never run back", () => {
  const log = new ConversationLog("c1");
  log.reach({ public: 4 });
  log.reach({ public: 2 });
  expect(log.heads.public).toBe(4);
  expect(log.isBehind("public")).toBe(true);
  expect(log.isBehind("internal")).toBe(false);
});

test("while events are missing the server's word on the status counts, then the log's", () => {
  const log = new ConversationLog("c1");
  log.describe(described({ status: "waiting", position: 3, heads: { public: 2 } }));
  expect([log.status, log.position]).toEqual(["waiting", 3]);
  log.receive(message(1, "hi"));
  log.receive(event("agent_assigned", 2, { agent: { id: "a1", name: "Amy", tier: 1 } }));
  expect([log.status, log.position]).toEqual(["active", null]);
});

test("who has left a message stands in no line", () => {
  const log = new ConversationLog("c1");
  log.describe(described({ status: "waiting", position: 3, heads: { public: 1 } }));
  log.receive(event("queued", 1, { tier: 1, priority: 0, reason: "requested" }));
  expect(log.position).toBe(3);
  log.receive(event("queued", 2, { tier: 1, priority: 0, reason: "message" }));
  expect([log.status, log.position, log.estimate]).toEqual(["waiting", null, null]);
});

test("whoever answers has read what stands above", () => {
  const log = new ConversationLog("c1");
  log.receive(message(1, "help"));
  expect(log.unread("agent").length).toBe(1);
  log.receive(message(2, "here I am", AGENT));
  expect(log.unread("agent").length).toBe(0);
  expect(log.unread("user").map((one) => one.seq)).toEqual([2]);
  expect(log.sawUpTo("user", 2)).toBe(true);
  expect(log.sawUpTo("user", 1)).toBe(false);
  expect(log.unread("user")).toEqual([]);
});

test("a message ends the typing of whoever wrote it, and of nobody else", () => {
  const log = new ConversationLog("c1");
  log.hears({ conversation: "c1", on: true, by: AGENT });
  log.hears({ conversation: "c1", on: true, by: USER });
  log.receive(message(1, "hi", AGENT));
  expect([...log.typing.keys()]).toEqual(["user:u1"]);
});

test("own keys are remembered, so that the outbox can let go", () => {
  const log = new ConversationLog("c1");
  log.receive(message(1, "hi", USER, "k1"));
  log.receive(message(2, "yes", AGENT));
  expect([...log.keys]).toEqual(["k1"]);
});
