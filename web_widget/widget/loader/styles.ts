const WIDGET = `
:host { all: initial; }
:host([hidden]) { display: none; }
button {
  position: fixed; right: 20px; bottom: 20px;
  right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom));
  z-index: 2147483000; display: flex; align-items: center; height: 52px; padding: 0 20px 0 16px;
  border: 0; border-radius: 999px; background: var(--accent, #0a6a70); color: var(--on-accent, #fff); cursor: pointer;
  font: 600 15px/1 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  box-shadow: 0 2px 6px rgb(16 32 40 / 20%), 0 8px 24px rgb(16 32 40 / 18%);
}
:host([dir="rtl"]) button { right: auto; left: 20px; left: max(20px, env(safe-area-inset-left)); }
:host([dir="rtl"]) iframe { right: auto; left: 20px; }
button > * + * { margin-inline-start: 8px; }
button:hover { filter: brightness(1.08); }
button:focus-visible { outline: 3px solid #fff; outline-offset: -6px; }
button[hidden], iframe[hidden], span[hidden] { display: none; }
span.count {
  min-width: 20px; padding: 0 6px; box-sizing: border-box; border-radius: 999px; background: #c5281c; color: #fff;
  font-size: 12px; line-height: 20px; text-align: center;
}
iframe {
  position: fixed; right: 20px; bottom: 20px; z-index: 2147483001; width: 392px; height: 680px; max-height: calc(100% - 40px);
  border: 0; border-radius: 18px; background: transparent; color-scheme: normal;
  box-shadow: 0 2px 8px rgb(16 32 40 / 14%), 0 16px 48px rgb(16 32 40 / 26%);
}
@media (max-width: 520px) {
  iframe, :host([dir="rtl"]) iframe { top: 0; right: 0; bottom: 0; left: 0; width: 100%; height: 100%; max-height: none; border-radius: 0; box-shadow: none; }
}
`;

/** Dresses the widget's own corner of the page; nothing of the page's styles gets in or out. */
export function dress(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(WIDGET);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Engines before 2020 to 2023 have no constructed sheets.
    const style = document.createElement("style");
    style.textContent = WIDGET;
    root.append(style);
  }
}
