import { ConversationLog, type Status } from "@chatserver/shared";
import { expect, test } from "vitest";
import { message } from "../../shared/test/make.ts";
import { earlier } from "../src/earlier.ts";
import { openConversation, placeOf } from "../src/place.ts";

function logs(...statuses: Array<[string, Status, number?]>): Map<string, ConversationLog> {
  const made = statuses.map(([id, status, at = 1]) => {
    const log = new ConversationLog(id);
    log.receive({ ...message(1, "hi"), conversation: id, at });
    log.view.status = status;
    return [id, log] as const;
  });
  return new Map(made);
}

test("the open conversation is shown, not the start", () => {
  const conversations = logs(["old", "closed"], ["now", "waiting"]);
  const place = placeOf({ conversations, isOpening: false, chosen: null });
  expect(place).toMatchObject({ name: "chat", log: { id: "now" } });
});

test("a conversation stays on screen when it ends, until the person goes on", () => {
  const conversations = logs(["now", "closed"]);
  expect(placeOf({ conversations, isOpening: false, chosen: "now" }).name).toBe("chat");
  expect(placeOf({ conversations, isOpening: false, chosen: null }).name).toBe("home");
});

test("while a conversation is being opened its words are shown already", () => {
  expect(placeOf({ conversations: logs(), isOpening: true, chosen: null }).name).toBe("opening");
});

test("a choice that is gone leads back to what there is", () => {
  expect(placeOf({ conversations: logs(), isOpening: false, chosen: "gone" }).name).toBe("home");
});

test("earlier conversations are listed latest first, without the open one", () => {
  const conversations = logs(["a", "closed", 1], ["b", "closed", 9], ["c", "active", 5]);
  expect(earlier(conversations).map((log) => log.id)).toEqual(["b", "a"]);
  expect(openConversation(conversations)?.id).toBe("c");
});
