/** How the host wants the widget to look; whatever is left out stays as it is. */
export interface Theme {
  /** `system` follows the device. */
  readonly scheme?: "light" | "dark" | "system";
  /** `#rrggbb`: buttons, links and own messages; shades that can be read are made from it. */
  readonly accent?: string;
  /** Roundness of buttons and bubbles in CSS pixels, 0–24. */
  readonly radius?: number;
}

/** Dresses the page, now and whenever the device changes between light and dark. */
export function dressed(root: HTMLElement): (theme: Theme) => void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let theme: Theme = {};
  const dress = (): void => {
    const { scheme = "system" } = theme;
    if (scheme === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = scheme;
    const isDark = scheme === "system" ? dark.matches : scheme === "dark";
    if (theme.accent === undefined && theme.radius === undefined) return;
    const worn = theme;
    // Colours are mixed only where a host has its own.
    void import("./palette.ts").then(({ variablesOf }) => {
      if (worn !== theme) return;
      for (const [name, value] of Object.entries(variablesOf(worn, isDark))) root.style.setProperty(name, value);
    });
  };
  // Engines before 2020 know the older name only.
  if ("addEventListener" in dark) dark.addEventListener("change", dress);
  else (dark as MediaQueryList).addListener(dress);
  return (next) => {
    theme = { ...theme, ...next };
    dress();
  };
}
