import { LOCALES, type Locale } from "@chatserver/shared";
import type { JSX } from "preact";
import type { Say } from "../texts/index.ts";

/** Each language in its own words, so that it is found by those who read no other. */
const NAMES: Readonly<Record<Locale, string>> = { "zh-CN": "中文", en: "English" };

/** Chooses the language of the console. */
export function Languages({ say, onLocale }: { say: Say; onLocale: (locale: Locale) => void }): JSX.Element {
  return (
    <div class="languages" role="group" aria-label={say("app.language")}>
      {LOCALES.map((locale) => (
        <button
          key={locale}
          type="button"
          lang={locale}
          aria-pressed={say.locale === locale}
          onClick={() => onLocale(locale)}
          data-testid={`language-${locale}`}
        >
          {NAMES[locale]}
        </button>
      ))}
    </div>
  );
}
