import { expect, test } from "vitest";
import { best, score } from "../src/palette/match.ts";

const found = (typed: string, ...texts: string[]): string[] => best(texts, typed, (text) => [text]);

test("what stands there as typed goes before what only holds its letters", () => {
  expect(found("hand", "Second hand", "Hand off", "Take back")).toEqual(["Hand off", "Second hand"]);
});

test("the first letters of words are enough", () => {
  expect(found("tb", "Transfer", "Take back")).toEqual(["Take back"]);
});

test("letters picked from all over a long text are no match", () => {
  expect(score("pot", "explain your zone of influence over many lazy days")).toBeNull();
  expect(score("aae", "what about the matter")).toBeNull();
});

test("Chinese is found by any part, accents and capitals do not matter", () => {
  expect(found("转接", "结束对话", "转接")).toEqual(["转接"]);
  expect(found("zoe", "Zoé Ångström")).toEqual(["Zoé Ångström"]);
});

test("nothing typed keeps the order", () => {
  expect(found("", "b", "a")).toEqual(["b", "a"]);
});
