import { besideCards } from "./card_details.ts";
import { findCredentials } from "./credentials.ts";
import { apart, blanked, type Span } from "./found.ts";
import { fold } from "./fold.ts";
import { findKeys } from "./keys.ts";
import { findNumbers } from "./numbers.ts";
import { findPhrases } from "./phrases.ts";

/** A secret in a text as it was written: where, and which kind, as the protocol names it. */
export type Finding = Span;

/**
 * What the server would take out of a text, found before it is sent. Simpler than the server's finder, and no
 * judge: the server decides again.
 */
export function check(text: string): Finding[] {
  const folded = fold(text);
  let low = folded.low;
  const found = findKeys(folded.text, low);
  low = blanked(low, found);
  for (const search of [findPhrases, findNumbers]) {
    const more = apart(search(low), found);
    found.push(...more);
    low = blanked(low, more);
  }
  const cards = found.filter((one) => one.type === "card");
  const said = apart(findCredentials(low, folded.text), found);
  found.push(...said);
  found.push(...apart(besideCards(low, cards, found), found));
  const written = (place: number): number => folded.places[place] ?? text.length;
  return found
    .sort((one, other) => one.start - other.start)
    .map(({ start, end, type }) => ({ start: written(start), end: written(end - 1) + 1, type }));
}

/** The text with every secret replaced, as the server would store it. */
export function without(text: string, findings: readonly Finding[]): string {
  let rest = text;
  for (const { start, end, type } of [...findings].reverse()) rest = `${rest.slice(0, start)}[removed: ${type}]${rest.slice(end)}`;
  return rest;
}

export interface Sifted {
  /** Messages that may go, in their order. */
  readonly free: readonly string[];
  /** What belongs into the box: the first message that holds a secret and all that was written after it. */
  readonly rest: string;
  /** The secrets in the rest, if a message is held back. */
  readonly findings: readonly Finding[];
}

/**
 * Tells apart what may go and what may not. Each text is what stood in the box when it was sent, which begins with what
 * was sent before if its author wrote on; `draft` is what stands there now.
 */
export function sift(texts: readonly string[], draft: string): Sifted {
  const own: string[] = [];
  for (const text of texts) own.push(after(own, text));
  const messages = own.filter((text) => text !== "");
  const left = after(messages, draft);
  const held = messages.findIndex((text) => check(text).length > 0);
  if (held < 0) return { free: messages, rest: left, findings: [] };
  const rest = [...messages.slice(held), left].filter((text) => text !== "").join("\n");
  return { free: messages.slice(0, held), rest, findings: check(rest) };
}

/** What is left of a text without those that it begins with. */
function after(texts: readonly string[], text: string): string {
  return texts.reduce((left, one) => (one !== "" && left.startsWith(one) ? left.slice(one.length).trimStart() : left), text);
}
