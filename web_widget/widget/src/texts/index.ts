import { createTranslator, sharedTexts, type Locale, type SharedKey, type Texts, type Translate } from "@chatserver/shared";
import { en, type WidgetKey } from "./en.ts";
import { zh } from "./zh.ts";

/** Texts of the widget alone. */
export const widgetTexts: Texts<WidgetKey> = { en, "zh-CN": zh };

const all: Texts<WidgetKey | SharedKey> = {
  en: { ...sharedTexts.en, ...en },
  "zh-CN": { ...sharedTexts["zh-CN"], ...zh },
};

export type Say = Translate<WidgetKey | SharedKey>;

/** Everything the widget can say, in one language. */
export function speaker(locale: Locale): Say {
  return createTranslator(locale, all);
}
