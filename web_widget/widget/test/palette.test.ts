import { expect, test } from "vitest";
import { inkOn } from "../loader/page.ts";
import { contrast, variablesOf } from "../src/palette.ts";

const parts = (hex: string): readonly [number, number, number] =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as readonly [number, number, number];

const PAIRS = [
  ["--cs-on-accent", "--cs-accent"],
  ["--cs-on-accent", "--cs-accent-strong"],
  ["--cs-on-accent-soft", "--cs-accent-soft"],
  ["--cs-on-own", "--cs-own"],
] as const;

test.each(["#ffeb3b", "#e91e63", "#000000", "#ffffff", "#7a1fa2", "#00c853"])("words can be read on everything made from %s", (accent) => {
  for (const isDark of [false, true]) {
    const made = variablesOf({ accent }, isDark);
    for (const [ink, ground] of PAIRS) {
      expect(contrast(parts(made[ink] ?? ""), parts(made[ground] ?? "")), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.4);
    }
  }
});

test("an accent that can be read is left as it is", () => {
  expect(variablesOf({ accent: "#7a1fa2" }, false)["--cs-accent"]).toBe("#7a1fa2");
});

test.each(["red", "#fff", "url(x)", "#12345g", "", "#7a1fa2;--x:1"])("%j is no colour and changes nothing", (accent) => {
  expect(variablesOf({ accent }, false)).toEqual({});
});

test("roundness is a number within bounds", () => {
  expect(variablesOf({ radius: 10 }, false)).toEqual({ "--cs-radius-s": "6px", "--cs-radius-m": "10px", "--cs-radius-l": "15px" });
  for (const radius of [-1, 25, Number.NaN, "9" as unknown as number]) expect(variablesOf({ radius }, false)).toEqual({});
});

test("the button writes dark on light colours and light on dark ones", () => {
  expect(["#ffeb3b", "#0a6a70", "nothing"].map(inkOn)).toEqual(["#10181b", "#fff", "#fff"]);
});
