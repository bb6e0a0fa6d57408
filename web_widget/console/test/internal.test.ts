import type { DurableEvent } from "@chatserver/shared";
import { expect, test } from "vitest";
import { askedAfter, type OpenQuestion } from "../src/lists/internal.ts";
import { ANN, BEN, log } from "./events.ts";

const asked = (events: readonly DurableEvent[]): OpenQuestion | null => events.reduce<OpenQuestion | null>(askedAfter, null);

test("a question is open until somebody comes", () => {
  const chat = log().started().add("consult_asked", 1, ANN, { text: "nonce gap?", tier: 2 });
  expect(asked(chat.events)).toEqual({ text: "nonce gap?", by: "Ann" });
  chat.add("note_added", 2, ANN, { text: "anybody?" });
  expect(asked(chat.events)).not.toBeNull();
  chat.add("consultant_joined", 3, BEN, { agent: { id: "ben", name: "Ben", tier: 2 } });
  expect(asked(chat.events)).toBeNull();
});
