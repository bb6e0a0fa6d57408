import { WORDS } from "../generated/shield_words.ts";
import { matches } from "./found.ts";

/** A word that names a value: the kind of secret, or `code` (any code), `pair` (a name and its password), `other`. */
export interface Noun {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

const simpler = new Map([...WORDS.traditional].map((one, place) => [one, WORDS.simplified.charAt(place)]));

/** The text in simplified characters; places are the same. */
export function simplified(low: string): string {
  return low.replace(/[\u3400-\u9fff]/g, (one) => simpler.get(one) ?? one);
}

const kinds = new Map<string, string>();
for (const [kind, words] of Object.entries(WORDS.chinese)) for (const word of words) kinds.set(word, kind);
for (const [kind, [first = [], second = [], third = []]] of Object.entries(WORDS.combined)) {
  for (const a of first) for (const b of second) for (const c of third) kinds.set(a + b + c, kind);
}
const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const CHINESE = new RegExp([...kinds.keys()].sort((one, other) => other.length - one.length).map(escaped).join("|"), "g");

const english = new Map<string, string>();
for (const [kind, words] of Object.entries(WORDS.english)) for (const word of words) english.set(word, kind);

/** The nouns of a text in small, simplified letters, in order, none within another. */
export function findNouns(plain: string): Noun[] {
  const found: Noun[] = [];
  for (const match of matches(CHINESE, plain)) {
    const noun = chineseNoun(plain, match.index ?? 0, match[0]);
    if (noun !== null) found.push(noun);
  }
  for (const match of matches(/[a-zñ]+2?|2fa/g, plain)) {
    const noun = englishNoun(plain, match.index ?? 0, match[0]);
    if (noun !== null) found.push(noun);
  }
  found.sort((one, other) => one.start - other.start || other.end - one.end);
  return outermost(found);
}

/** Without those that are a part of another: the `码` of `pin码`. */
function outermost(nouns: readonly Noun[]): Noun[] {
  const kept: Noun[] = [];
  for (const noun of nouns) if (noun.end > (kept[kept.length - 1]?.end ?? 0)) kept.push(noun);
  return kept;
}

function chineseNoun(plain: string, start: number, word: string): Noun | null {
  const end = start + word.length;
  const kind = kinds.get(word) ?? "other";
  if (kind === "back") return /^(?:上|那|的|印着?|写着?|有)*[是:：\s]{0,2}[0-9]{3}(?![0-9])/.test(plain.slice(end)) ? { start, end, kind: "cvv" } : null;
  if (kind === "cvv" && word === "安全码" && /^(?:已经?)?(?:发到|发来|发给|短信)|^[是:：\s]{0,2}\d{6}(?!\d)/.test(plain.slice(end))) return { start, end, kind: "otp" };
  if (kind === "screen") return /^[是:：\s]{0,2}[0-9]{4}/.test(plain.slice(end)) ? { start, end, kind: "pin" } : null;
  if (kind === "mm") return /^[是:： ]/.test(plain.slice(end)) && !/[a-z]$/.test(plain.slice(0, start)) ? { start, end, kind: "password" } : null;
  if (word === "码") {
    const before = plain.charAt(start - 1);
    return /[\u3400-\u9fff]/.test(before) && !"那这的个".includes(before) ? null : { start, end, kind };
  }
  return { start, end, kind };
}

const CODE_OF: readonly [string, RegExp][] = [
  ["cvv", /(?:card (?:security|verification|validation|id) |\bsec |(?:three|3|four|4)[ -]digit (?:security )?)$/],
  ["pin", /\b(?:pin|pass|unlock|lock|screen) ?-?$/],
  ["other", /\b(?:error|err|status|promo\w*|invit\w+|zip|post\w*|country|area|swift|bank|qr|referral|discount|gift|coupon|voucher|redeem|sort|source|response|exit|order|bar|booking|tracking|short|colou?r|city|branch|phone|serial|account|ticket|case|model|reference|flight|routing|agent|member|card|street|house|product|item|tax|id)[ -]$/],
  ["otp", /(?:verif\w+|one[ -]?time|auth\w*|2fa|mfa|sms|log ?in|sign[ -]?in|google|confirm\w*|security|access|text(?:ed)?|(?:[4-8]|four|five|six|seven|eight)[ -]digit|e-?mail(?:ed)?|dynamic|otp|factor|验证)[ -]?(?:pass)?$/],
];

function englishNoun(plain: string, start: number, word: string): Noun | null {
  const end = start + word.length;
  const kind = english.get(word) ?? english.get(word.replace(/2$/, ""));
  if (kind === undefined) return null;
  const before = plain.slice(Math.max(0, start - 30), start);
  const after = plain.slice(end, end + 40);
  if (kind === "code" || word === "passcode") {
    let meant = CODE_OF.find(([, pattern]) => pattern.test(before))?.[0] ?? kind;
    if (meant === "other" && /\bphone[ -]$/.test(before) && /^\W{0,3}(?:is|was|:)?\W{0,3}\d{6}(?!\d)/.test(after)) meant = "otp";
    if (meant === "other" && /\bcard[ -]$/.test(before) && /^\W{0,3}(?:is|was|:)?\W{0,3}\d{3,4}(?!\d)/.test(after)) meant = "cvv";
    if (meant === "otp" && (/^ ?(?:on|of|from)?(?: the| my)? ?(?:card|back)\b/.test(after) || (/security ?$/.test(before) && /^\W{0,3}(?:is|was|:)?\W{0,3}\d{3,4}(?!\d)/.test(after)))) meant = "cvv";
    return { start, end, kind: meant };
  }
  if (kind === "digits") {
    if (/\b(?:last|final|first|ending)(?: the)? (?:three|3|four|4|six|6)[ -]$/.test(before)) return { start, end, kind: "other" };
    if (/(?:three|3|four|4)[ -]$/.test(before)) return { start, end, kind: "cvv" };
    return /(?:six|[568]|five|eight)[ -]$/.test(before) ? { start, end, kind: "otp" } : null;
  }
  if (kind === "number") {
    const meant = CODE_OF.find(([name, pattern]) => name !== "other" && pattern.test(before))?.[0];
    const isOfACard = meant === "otp" && /security ?$/.test(before) && /^\W{0,3}(?:is|was|:)?\W{0,3}\d{3,4}(?!\d)/.test(after);
    return meant === undefined ? null : { start, end, kind: isOfACard ? "cvv" : meant };
  }
  if ((word === "phone" || word === "mobile") && /\b(?:to|on|by|via|from|with) (?:my|the|your|our|his|her) (?:old |new )?$/.test(before)) return null;
  if (kind === "on the back") return /^\s?(?:of)?(?: it| the card| my card| card)?\W{0,3}(?:is |says |are |reads )?\d{3}(?!\d)/.test(after) ? { start, end, kind: "cvv" } : null;
  if (word === "pass" && /(?:boarding|bus|day|season|ski|train|free|hall|gym|by|did not|will|please|must) $/.test(before)) return null;
  if (kind === "pin") return { start, end, kind: /(?:verif\w+|one[ -]?time|sms) $/.test(before) ? "otp" : "pin" };
  if (word === "password" && /one[ -]?time $/.test(before)) return { start, end, kind: "otp" };
  return { start, end, kind };
}
