import { expect, test } from "vitest";
import { en } from "../src/texts/en.ts";
import { zh } from "../src/texts/zh.ts";

const names = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

test("both languages have the same texts, with the same parameters, and none is empty", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  for (const key of Object.keys(en) as Array<keyof typeof en>) {
    expect(names(zh[key]), key).toEqual(names(en[key]));
    expect(zh[key].trim(), key).not.toBe("");
    expect(en[key].trim(), key).not.toBe("");
  }
});
