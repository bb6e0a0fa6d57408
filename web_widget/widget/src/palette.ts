import type { Theme } from "../loader/api.ts";

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;
const WHITE: Colour = [255, 255, 255];
const NIGHT: Colour = [18, 25, 28];
/** What words need against their ground to be read by everybody (WCAG 2, AA). */
const READABLE = 4.5;

type Colour = readonly [number, number, number];

/** The variables of a theme in one scheme; a colour that is none changes nothing. */
export function variablesOf(theme: Theme, isDark: boolean): Record<string, string> {
  return { ...shape(theme.radius), ...paint(theme.accent, isDark) };
}

function shape(radius: number | undefined): Record<string, string> {
  if (typeof radius !== "number" || !(radius >= 0 && radius <= 24)) return {};
  return { "--cs-radius-s": `${radius * 0.6}px`, "--cs-radius-m": `${radius}px`, "--cs-radius-l": `${radius * 1.5}px` };
}

function paint(accent: string | undefined, isDark: boolean): Record<string, string> {
  const given = typeof accent === "string" ? HEX.exec(accent) : null;
  if (given === null) return {};
  const base = given.slice(1).map((part) => Number.parseInt(part, 16)) as unknown as Colour;
  const ground = isDark ? NIGHT : WHITE;
  const ink = isDark ? WHITE : ([0, 0, 0] as const);
  const act = readable(base, ground, ink);
  const own = isDark ? readable(base, WHITE, NIGHT) : act;
  const soft = mixed(act, ground, isDark ? 0.78 : 0.89);
  return {
    "--cs-accent": css(act),
    "--cs-accent-strong": css(mixed(act, ink, 0.2)),
    "--cs-on-accent": css(ground),
    "--cs-accent-soft": css(soft),
    "--cs-on-accent-soft": css(readable(act, soft, ink)),
    "--cs-own": css(own),
    "--cs-on-own": css(WHITE),
  };
}

/** The colour itself if it can be read on the ground, else as little of the ink added as it takes. */
function readable(colour: Colour, ground: Colour, ink: Colour): Colour {
  for (let part = 0; part < 1; part += 0.05) {
    const tried = mixed(colour, ink, part);
    if (contrast(tried, ground) >= READABLE) return tried;
  }
  return ink;
}

function mixed(one: Colour, other: Colour, part: number): Colour {
  return one.map((value, at) => Math.round(value + ((other[at] ?? 0) - value) * part)) as unknown as Colour;
}

export function contrast(one: Colour, other: Colour): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function css(colour: Colour): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
