import { translator, type Locale, type SharedKey, type Translate } from "@chatserver/shared";
import { useEffect, useState } from "preact/hooks";
import type { WidgetKey } from "./en.ts";

type Key = WidgetKey | SharedKey;

export type Say = Translate<Key>;

/** Texts are a tenth of the widget, and nobody reads both languages at once. */
const LANGUAGES: Record<Locale, () => Promise<Record<Key, string>>> = {
  en: async () => (await import("./all_en.ts")).texts,
  "zh-CN": async () => (await import("./all_zh.ts")).texts,
};

/** Everything the widget can say, in one language. */
export async function loadSpeaker(locale: Locale): Promise<Say> {
  return translator(locale, await LANGUAGES[locale]());
}

/** A pause before asking for the words again, when the network swallowed them. */
const AGAIN_MS = 2_000;

/** The speaker of a language; the one before while it loads, null while there is none. */
export function useSpeaker(locale: Locale): Say | null {
  const [say, setSay] = useState<Say | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    loadSpeaker(locale).then(
      (found) => isWanted && setSay(() => found),
      () => (timer = setTimeout(() => setAttempt(attempt + 1), AGAIN_MS)),
    );
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [locale, attempt]);
  return say;
}
