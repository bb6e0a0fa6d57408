import { expect, test } from "vitest";
import * as chatEnglish from "../src/texts/all_chat_en.ts";
import * as chatChinese from "../src/texts/all_chat_zh.ts";
import * as firstEnglish from "../src/texts/all_first_en.ts";
import * as firstChinese from "../src/texts/all_first_zh.ts";
import { texts as sheetsEnglish } from "../src/texts/sheets_en.ts";
import { texts as sheetsChinese } from "../src/texts/sheets_zh.ts";

const en = { ...firstEnglish.texts, ...chatEnglish.texts, ...sheetsEnglish };
const zh = { ...firstChinese.texts, ...chatChinese.texts, ...sheetsChinese };

const names = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

test("both languages have the same texts, with the same parameters, and none is empty", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  for (const key of Object.keys(en) as Array<keyof typeof en>) {
    expect(names(zh[key]), key).toEqual(names(en[key]));
    expect(zh[key].trim(), key).not.toBe("");
    expect(en[key].trim(), key).not.toBe("");
  }
});
