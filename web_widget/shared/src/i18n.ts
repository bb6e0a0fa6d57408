/** The languages that people are spoken to in. */
export const LOCALES = ["zh-CN", "en"] as const;

export type Locale = (typeof LOCALES)[number];

/** The same texts in every language, by key; `{name}` stands for a parameter. */
export type Texts<Key extends string> = Record<Locale, Record<Key, string>>;

export type Params = Readonly<Record<string, string | number>>;

export type Translate<Key extends string> = ((key: Key, params?: Params) => string) & {
  readonly locale: Locale;
};

/** Whether a word names one of the languages. */
export function isLocale(word: string): word is Locale {
  return (LOCALES as readonly string[]).includes(word);
}

/** The first of the wanted languages that is spoken here (`zh-TW` reads `zh-CN`), else English. */
export function matchLocale(wanted: readonly string[]): Locale {
  for (const one of wanted) {
    const language = one.toLowerCase().split("-")[0];
    const found = LOCALES.find((locale) => locale.toLowerCase().split("-")[0] === language);
    if (found !== undefined) return found;
  }
  return "en";
}

/** A function from key to text, of a language whose words are given; a word that has not come yet is empty. */
export function translator<Key extends string>(
  locale: Locale,
  words: Readonly<Record<Key, string>>,
): Translate<Key> {
  const translate = (key: Key, params: Params = {}): string =>
    (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
  return Object.assign(translate, { locale });
}

/** A function from key to text in one of the languages. */
export function createTranslator<Key extends string>(locale: Locale, texts: Texts<Key>): Translate<Key> {
  return translator(locale, texts[locale]);
}
