import { Keepsake, MemoryStorage } from "@chatserver/shared";
import { expect, test } from "vitest";
import { Drafts } from "../src/desk/drafts.ts";

const nothing = (): void => undefined;

test("drafts are kept by conversation and kind, and outlive the page", () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts(new Keepsake(storage, "agent.a"), nothing);
  drafts.set("c1", "reply", "half a sentence");
  drafts.set("c1", "note", "for colleagues");
  const later = new Drafts(new Keepsake(storage, "agent.a"), nothing);
  expect(later.get("c1", "reply")).toBe("half a sentence");
  expect(later.get("c1", "note")).toBe("for colleagues");
  expect(later.get("c2", "reply")).toBe("");
});

test("another agent on the same device sees none of them", () => {
  const storage = new MemoryStorage();
  new Drafts(new Keepsake(storage, "agent.a"), nothing).set("c1", "reply", "mine");
  expect(new Drafts(new Keepsake(storage, "agent.b"), nothing).get("c1", "reply")).toBe("");
});

test("a refused text comes back before what was typed since, and whoever shows the draft is told", () => {
  let told = 0;
  const drafts = new Drafts(new Keepsake(new MemoryStorage(), "agent.a"), () => (told += 1));
  drafts.set("c1", "reply", "typed since");
  drafts.giveBack("c1", "reply", "refused");
  expect(drafts.get("c1", "reply")).toBe("refused\ntyped since");
  expect([drafts.givenBack, told]).toEqual([1, 1]);
});

test("an empty draft leaves nothing behind", () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts(new Keepsake(storage, "agent.a"), nothing);
  drafts.set("c1", "reply", "x");
  drafts.set("c1", "reply", "");
  expect(storage.length).toBe(0);
});
