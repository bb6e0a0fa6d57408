import { expect, test } from "vitest";
import { factsOf } from "../src/lists/facts.ts";
import { ANN, BEN, log, SYSTEM, USER } from "./events.ts";

test("a user waits since the first of several unanswered messages", () => {
  const { waitingSince } = factsOf(log().started().says(ANN, 1).says(USER, 5).says(USER, 9).events);
  expect(waitingSince).toBe(5_000);
});

test("an answer by a person ends the waiting, an answer by the assistant does not", () => {
  const bot = { role: "bot", id: null, name: "" } as const;
  const asked = log().started().says(USER, 5).says(bot, 6);
  expect(factsOf(asked.events).waitingSince).toBe(5_000);
  expect(factsOf(asked.says(ANN, 7).events).waitingSince).toBeNull();
});

test("the first reply is owed since the assignment until the assigned agent writes", () => {
  const chat = log().started().queued(1).assigned(ANN, 2);
  expect(factsOf(chat.events).replyOwedSince).toBe(2_000);
  expect(factsOf(chat.says(BEN, 3).events).replyOwedSince).toBe(2_000);
  expect(factsOf(chat.says(ANN, 4).events).replyOwedSince).toBeNull();
});

test("who handed off may take back until somebody has it", () => {
  const chat = log().started().assigned(ANN, 1);
  chat.add("handed_off", 2, ANN, { from_tier: 1, to_tier: 2, reason: "limit" });
  expect(factsOf(chat.events).handedOffBy).toBe("ann");
  expect(factsOf(chat.assigned(BEN, 3, 2).events)).toMatchObject({ handedOffBy: null, lastAgent: "ben" });
});

test("the user's name and id come from their own events, also when the name is told late", () => {
  const nameless = { ...USER, name: "" };
  const chat = log().add("conversation_started", 0, nameless, { topic: "", locale: "en" });
  expect(factsOf(chat.events)).toMatchObject({ userId: "u1", userName: "" });
  expect(factsOf(chat.says(USER, 1).says(nameless, 2).events).userName).toBe("小林");
});

test("nobody waits in a closed conversation", () => {
  const chat = log().started().assigned(ANN, 1).says(USER, 2);
  chat.add("conversation_closed", 3, SYSTEM, { disposition: null });
  expect(factsOf(chat.events)).toMatchObject({ waitingSince: null, replyOwedSince: null, closedAt: 3_000 });
});

test("it moves when the desk decides something, not when somebody speaks", () => {
  const chat = log().started().queued(1).assigned(ANN, 2);
  const { moves } = factsOf(chat.events);
  expect(moves).toBe(2);
  expect(factsOf(chat.says(USER, 3).says(ANN, 4).events).moves).toBe(moves);
  chat.add("handed_off", 5, ANN, { from_tier: 1, to_tier: 2, reason: "limit" });
  expect(factsOf(chat.events).moves).toBe(moves + 1);
});
