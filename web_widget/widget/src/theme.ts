import { variablesOf } from "./palette.ts";

/** How the host wants the widget to look; whatever is left out stays as it is. */
export interface Theme {
  /** `system` follows the device. */
  readonly scheme?: "light" | "dark" | "system";
  /** `#rrggbb`: buttons, links and own messages; shades that can be read are made from it. */
  readonly accent?: string;
  /** Roundness of buttons and bubbles in CSS pixels, 0–24. */
  readonly radius?: number;
}

const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
let worn: Theme | null = null;

/** Dresses the page, now and whenever the device changes between light and dark; what is left out stays. */
export function dressed(theme: Theme): void {
  if (worn === null) follow();
  worn = { ...worn, ...theme };
  dress();
}

function dress(): void {
  const { scheme = "system" } = worn ?? {};
  if (scheme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = scheme;
  const isDark = scheme === "system" ? dark.matches : scheme === "dark";
  for (const [name, value] of Object.entries(variablesOf(worn ?? {}, isDark))) root.style.setProperty(name, value);
}

function follow(): void {
  // Engines before 2020 know the older name only.
  if ("addEventListener" in dark) dark.addEventListener("change", dress);
  else (dark as MediaQueryList).addListener(dress);
}
