import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const CSS = readFileSync(fileURLToPath(new URL("../src/ui/tokens.css", import.meta.url)), "utf8");
const COLOUR = /--cs-([\w-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);/g;

/** Every opaque colour: `[light, dark]` by name, the first statement of each. */
const colours = new Map<string, readonly [string, string]>();
for (const [, name = "", light = "", dark = ""] of CSS.matchAll(COLOUR)) {
  if (!colours.has(name)) colours.set(name, [light, dark]);
}

/** Relative luminance, as WCAG 2 defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, scheme: 0 | 1): number {
  const [a, b] = [one, other].map((name) => {
    const pair = colours.get(name);
    if (pair === undefined) throw new Error(`there is no colour ${name}`);
    return luminance(pair[scheme]);
  }) as [number, number];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const WORDS: Array<[string, string]> = [
  ...["canvas", "bg", "raised", "sunken"].flatMap((ground) => ["text", "muted", "accent", "danger"].map((ink): [string, string] => [ink, ground])),
  ["on-accent", "accent"],
  ["on-accent", "accent-strong"],
  ["on-accent-soft", "accent-soft"],
  ["on-own", "own"],
  ["bg", "danger"],
  ...["ok", "warn", "danger", "note"].map((one): [string, string] => [one, `${one}-soft`]),
  ["text", "note-soft"],
  ["text", "danger-soft"],
];

describe.each([["light", 0], ["dark", 1]] as const)("in the %s theme", (_, scheme) => {
  test.each(WORDS)("words in %s can be read on %s", (ink, ground) => {
    expect(contrast(ink, ground, scheme)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(["bg", "raised"])("the edge of a box to write in is seen on %s", (ground) => {
    expect(contrast("line-strong", ground, scheme)).toBeGreaterThanOrEqual(3);
    expect(contrast("star", ground, scheme)).toBeGreaterThanOrEqual(3);
  });
});
