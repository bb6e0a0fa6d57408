import { createTranslator, sharedTexts, type Locale, type SharedKey, type Texts, type Translate } from "@chatserver/shared";
import { en, type ConsoleKey } from "./en.ts";
import { zh } from "./zh.ts";

export type Key = SharedKey | ConsoleKey;
export type Say = Translate<Key>;

const texts: Texts<Key> = {
  en: { ...sharedTexts.en, ...en },
  "zh-CN": { ...sharedTexts["zh-CN"], ...zh },
};

/** Everything that the console says, in one language. */
export const sayIn = (locale: Locale): Say => createTranslator(locale, texts);
