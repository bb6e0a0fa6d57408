import type { Theme } from "../loader/api.ts";
import { variablesOf } from "./palette.ts";

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
