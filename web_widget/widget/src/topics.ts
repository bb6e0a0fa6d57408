import { timeText, type Locale } from "@chatserver/shared";
import type { Say } from "./texts/index.ts";

/** A word in both languages. */
export interface Both {
  readonly zh: string;
  readonly en: string;
}

/** One question of a topic's form; the answer goes to the agent under its id. */
export interface Question {
  readonly id: string;
  readonly label: Both;
  readonly kind: "text" | "long" | "amount" | "time" | "order" | "choice";
  readonly required?: boolean;
  readonly hint?: Both;
  readonly options?: ReadonlyArray<{ readonly id: string; readonly label: Both }>;
}

/** What a conversation can be about, as the desk has set it up. */
export interface Topic extends Both {
  readonly id: string;
  readonly fields?: readonly Question[];
}

/** Whether somebody is at the desk, and what to expect. */
export interface Availability {
  readonly open: boolean;
  readonly opens_at?: number;
  readonly estimate_s: readonly [number, number] | null;
  readonly alternatives: ReadonlyArray<"message" | "callback">;
}

/** A text that the desk says in its own words; the widget has words for each under `own.` and its id. */
export interface OwnText {
  readonly id: string;
  readonly text: Both;
}

/** The name of a topic in a language; the id itself when the desk no longer has it. */
export function topicName(topics: readonly Topic[], id: string, locale: Locale): string {
  const topic = topics.find((one) => one.id === id);
  return topic === undefined ? id : inWords(topic, locale);
}

/** The word in a language. */
export function inWords(both: Both, locale: Locale): string {
  return locale === "zh-CN" ? both.zh : both.en;
}

/** When somebody is back. */
export function awayText({ opens_at: opensAt }: Availability, say: Say): string {
  return opensAt === undefined ? say("away.title") : say("away.title_until", { time: timeText(opensAt, Date.now(), say) });
}
