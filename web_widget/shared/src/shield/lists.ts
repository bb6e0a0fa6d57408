import { ENGLISH, SIMPLIFIED, TRADITIONAL, WORDS } from "../generated/shield_words.ts";
import { sha256 } from "./sha256.ts";
import { matches } from "./found.ts";

/** Lengths that a recovery phrase may have. */
export const LENGTHS = [12, 15, 18, 21, 24] as const;

/** The English words by their place. */
export const english: ReadonlyMap<string, number> = new Map(words().map((word, place) => [word, place]));

const simplified = [...SIMPLIFIED];
/** The two Chinese lists by place. */
export const chinese: readonly ReadonlyMap<string, number>[] = [
  simplified,
  [...TRADITIONAL].map((one, place) => (one === "." ? (simplified[place] ?? "") : one)),
].map((list) => new Map(list.map((one, place) => [one, place])));

function words(): string[] {
  const found: string[] = [];
  let before = "";
  for (const match of matches(/(\d)([a-z]*)/g, ENGLISH)) {
    before = before.slice(0, Number(match[1])) + (match[2] ?? "");
    found.push(before);
  }
  return found;
}

/** Whether words of a list end in the checksum of the rest. */
export function hasChecksum(chosen: readonly string[], places: ReadonlyMap<string, number>): boolean {
  let bits = "";
  for (const word of chosen) {
    const place = places.get(word);
    if (place === undefined) return false;
    bits += place.toString(2).padStart(11, "0");
  }
  const check = bits.length / 33;
  const bytes: number[] = [];
  for (let at = 0; at < bits.length - check; at += 8) bytes.push(parseInt(bits.slice(at, at + 8), 2));
  const digest = (sha256(bytes)[0] ?? 0).toString(2).padStart(8, "0");
  return digest.slice(0, check) === bits.slice(-check);
}

/** Words by which people speak of their phrase. */
export const isAboutPhrases = (low: string): boolean => WORDS.about.some((word) => low.includes(word));
