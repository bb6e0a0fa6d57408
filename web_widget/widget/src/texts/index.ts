import { translator, type Locale, type SharedKey, type Translate } from "@chatserver/shared";
import { useEffect, useState } from "preact/hooks";
import { inWords, type OwnText } from "../topics.ts";
import type { ChatKey } from "./chat_en.ts";
import type { FirstKey } from "./first_en.ts";
import type { SheetsKey } from "./sheets_en.ts";

type Key = FirstKey | ChatKey | SheetsKey | SharedKey;

export type Say = Translate<Key>;

type Words = Partial<Record<Key, string>>;
type Load = () => Promise<{ texts: Words }>;

/**
 * Words are a tenth of the widget: those of one language only, and what stands in conversations only
 * after the first screen is there.
 */
const FIRST: Record<Locale, Load> = { en: () => import("./all_first_en.ts"), "zh-CN": () => import("./all_first_zh.ts") };
const CHAT: Record<Locale, Load> = { en: () => import("./all_chat_en.ts"), "zh-CN": () => import("./all_chat_zh.ts") };
const SHEETS: Record<Locale, Load> = { en: () => import("./sheets_en.ts"), "zh-CN": () => import("./sheets_zh.ts") };

let tellTalking: () => void = () => undefined;
let tellWhole: () => void = () => undefined;

/** Resolved once the words of conversations are there, and those for everything; what needs them waits for it. */
export const talking = new Promise<void>((resolve) => (tellTalking = resolve));
export const whole = new Promise<void>((resolve) => (tellWhole = resolve));

/** Everything the widget can say, in one language. */
export async function loadSpeaker(locale: Locale): Promise<Say> {
  const [first, chat, sheets] = await Promise.all([FIRST[locale](), CHAT[locale](), SHEETS[locale]()]);
  return speaker(locale, { ...first.texts, ...chat.texts, ...sheets.texts });
}

function speaker(locale: Locale, words: Words): Say {
  return translator(locale, words as Record<Key, string>);
}

/** Says what the desk says in its own words, and everything else as shipped. */
export function inOwnWords(say: Say, own: readonly OwnText[]): Say {
  const words = new Map(own.map(({ id, text }) => [`own.${id}`, inWords(text, say.locale)]));
  return Object.assign((...said: Parameters<Say>) => words.get(said[0]) || say(...said), { locale: say.locale });
}

/** A pause before asking for the words again, when the network swallowed them. */
const AGAIN_MS = 2_000;

/** The speaker of a language, at first for the first screen, then for conversations; the one before while it loads, null while there is none. */
export function useSpeaker(locale: Locale): Say | null {
  const [say, setSay] = useState<Say | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async (): Promise<void> => {
      const all = loadSpeaker(locale);
      all.catch(() => undefined); // whatever is missing is asked for again below
      if (say === null) {
        const { texts } = await FIRST[locale]();
        if (isWanted) setSay(() => speaker(locale, texts));
        const chat = await CHAT[locale]();
        if (isWanted) setSay(() => speaker(locale, { ...texts, ...chat.texts }));
        tellTalking();
      }
      const found = await all;
      if (isWanted) setSay(() => found);
      tellWhole();
    };
    load().catch(() => (timer = setTimeout(() => setAttempt(attempt + 1), AGAIN_MS)));
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [locale, attempt]);
  return say;
}
