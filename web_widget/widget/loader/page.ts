import type { Theme } from "./api.ts";

/** A colour for words on another one, `#rrggbb`; white where that is none. */
export function inkOn(colour: string): string {
  const parts = /^#(..)(..)(..)$/.exec(colour)?.slice(1).map((part) => Number.parseInt(part, 16)) ?? [];
  const [red = 0, green = 0, blue = 0] = parts;
  return red * 0.299 + green * 0.587 + blue * 0.114 > 150 ? "#10181b" : "#fff";
}

/** Calls back when the page changes its language. */
export function followPage(speak: (locale: string) => void): void {
  const root = document.documentElement;
  new MutationObserver(() => {
    if (root.lang !== "") speak(root.lang);
  }).observe(root, { attributes: true, attributeFilter: ["lang", "dir"] });
}

/** The look that the page's variables ask for: `--chatserver-accent`, `--chatserver-scheme`, `--chatserver-radius`. */
export function themeOfPage(): Theme {
  const given = getComputedStyle(document.documentElement);
  const variable = (name: string): string => given.getPropertyValue(`--chatserver-${name}`).trim();
  const [accent, scheme, radius] = [variable("accent"), variable("scheme"), variable("radius")];
  return {
    ...(accent !== "" && { accent }),
    ...((scheme === "light" || scheme === "dark") && { scheme }),
    ...(radius !== "" && { radius: Number.parseFloat(radius) }),
  };
}
