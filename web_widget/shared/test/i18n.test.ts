import { describe, expect, test } from "vitest";
import { createTranslator, durationText, ERROR_STATUS, errorText, eventText, LOCALES, matchLocale, sharedTexts, timeText, type ErrorCode, type Side } from "../src/index.ts";
import { AGENT, event, message } from "./make.ts";

const EVENTS = [
  event("conversation_started", 1, { topic: "", locale: "en" }),
  event("queued", 1, { tier: 2, priority: 0, reason: "requested" }),
  event("agent_assigned", 1, { agent: { id: "a", name: "Amy", tier: 1 } }),
  event("handed_off", 1, { from_tier: 1, to_tier: 2, reason: "ledger" }, AGENT),
  event("handed_off", 1, { from_tier: 2, to_tier: 1, reason: "done" }, AGENT),
  ...(["transferred", "gone", "no_reply"] as const).map((reason) => event("agent_left", 1, { reason })),
  ...(["cancelled", "abandoned", "solved"] as const).map((reason) => event("queue_left", 1, { reason })),
  event("supervisor_joined", 1, { agent: { id: "s", name: "Li", tier: 1 } }),
  event("supervisor_left", 1, { agent: { id: "s", name: "Li", tier: 1 } }),
  event("conversation_closed", 1, { disposition: null }, AGENT),
  event("conversation_closed", 1, { disposition: null }),
  event("conversation_reopened", 1, { disposition: null }, AGENT),
  event("conversation_rated", 1, { score: 5 }),
];

describe.each(LOCALES)("%s", (locale) => {
  const say = createTranslator(locale, sharedTexts);

  test("has every text, and none is empty", () => {
    expect(Object.keys(sharedTexts[locale]).sort()).toEqual(Object.keys(sharedTexts.en).sort());
    for (const text of Object.values(sharedTexts[locale])) expect(text.trim()).not.toBe("");
  });

  test.each(["user", "agent"] as Side[])("has a finished sentence for every event, for the %s", (side) => {
    for (const one of EVENTS) {
      const sentence = eventText(one, side, say);
      expect(sentence, one.type).toMatch(/\S/);
      expect(sentence, one.type).not.toMatch(/[{}]|undefined/);
    }
  });

  test("has a sentence for every refusal", () => {
    for (const code of Object.keys(ERROR_STATUS) as ErrorCode[]) expect(errorText(code, say)).toMatch(/\S/);
  });

  test("uses the same parameters as the other language", () => {
    const names = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [key, text] of Object.entries(sharedTexts[locale])) {
      // One language may leave a name out where it reads better without.
      for (const name of names(text)) expect([...names(sharedTexts.en[key as never]), "{name}"], key).toContain(name);
    }
  });
});

test("messages are no sentences", () => {
  expect(eventText(message(1, "hi"), "user", createTranslator("en", sharedTexts))).toBeNull();
});

test("an expected wait is told in minutes, never finer than it is known", () => {
  const say = createTranslator("en", sharedTexts);
  const told = (low: number, high: number): string => durationText([low, high], say);
  expect(told(5, 40)).toBe("less than a minute");
  expect(told(20, 60)).toBe("about 1 minute");
  expect(told(60, 170)).toBe("about 1–3 minutes");
  expect(told(120, 120)).toBe("about 2 minutes");
  expect(told(4_000, 9_000)).toBe("more than an hour");
});

test("a moment is told by the clock, with the day when it was not today", () => {
  const say = createTranslator("en", sharedTexts);
  const noon = new Date(2026, 4, 3, 12, 0).getTime();
  expect(timeText(noon - 3_600_000, noon, say)).toBe("11:00");
  expect(timeText(noon - 86_400_000, noon, say)).toBe("Yesterday 12:00");
  expect(timeText(noon - 3 * 86_400_000, noon, say)).toBe("Apr 30 12:00");
});

test("the language is the first one wanted that is spoken here", () => {
  expect(matchLocale(["fr-FR", "zh-Hant-TW", "en"])).toBe("zh-CN");
  expect(matchLocale(["en-GB"])).toBe("en");
  expect(matchLocale(["fr"])).toBe("en");
});
