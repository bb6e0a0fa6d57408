import { matches, type Span } from "./found.ts";

const CHAIN = /[0-9]+(?:[ \t\r\n.\-_/,·、|:*+~，]{1,3}[0-9]+)*/g;
const CARD = /card|卡|visa|master|union ?pay|银联|銀聯|amex|cvv|cvc|debit|credit|[银銀]行[账帳]/;
const ORDER =
  /[订訂][单單]|[单單][号號]|流水|[编編][号號]|交易|[运運][单單]|快[递遞]|物流|凭[证證]|[发發]票|工[单單]|序列|合同|商[户戶]|\border|\bref(?:erence)?\b|\binvoice|\btracking|\bticket|\btransaction|\btxn?\b|\bserial|\bcase|\bimei|\buid\b|\bid\b/;
const SPELT = "〇零一二三四五六七八九";

/** Card numbers and resident ids: digits in a row or in groups, with a check digit. */
export function findNumbers(low: string): Span[] {
  const spelt = low.replace(/[〇零一二三四五六七八九]{12,}/g, (run) =>
    [...run].map((one) => String(Math.max(0, SPELT.indexOf(one) - 1))).join(""),
  );
  return matches(CHAIN, spelt).flatMap((match) => (match[0].length < 12 ? [] : inChain(spelt, match[0], match.index ?? 0)));
}

function inChain(low: string, chain: string, offset: number): Span[] {
  const groups = matches(/[0-9]+/g, chain).map((match) => ({ start: offset + (match.index ?? 0), digits: match[0] }));
  const found: Span[] = [];
  for (let first = 0; first < groups.length; first += 1) {
    let digits = "";
    let best: { span: Span; last: number } | null = null;
    for (let last = first; last < groups.length; last += 1) {
      const group = groups[last];
      if (group === undefined || digits.length + group.digits.length > 19) break;
      digits += group.digits;
      const span = numberOf(low, digits, groups[first]?.start ?? 0, group.start + group.digits.length, groups.slice(first, last + 1).map((one) => one.digits.length));
      if (span !== null) best = { span, last };
    }
    if (best !== null) {
      found.push(best.span);
      first = best.last;
    }
  }
  return found;
}

function numberOf(low: string, digits: string, start: number, end: number, groups: readonly number[]): Span | null {
  if (digits.length === 17 && low.charAt(end) === "x" && isId(`${digits}x`)) return { start, end: end + 1, type: "id_cn" };
  if (digits.length === 18 && isId(digits)) return { start, end, type: "id_cn" };
  const before = low.slice(Math.max(0, start - 20), start);
  if (digits.length === 15 && /身[份分]|[证證]件|\bid\b/.test(before) && /^[1-8]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(digits)) {
    return { start, end, type: "id_cn" };
  }
  if (!mayBeCard(digits) || !hasLuhn(digits) || (!isUsual(groups) && !CARD.test(low))) return null;
  if (/[a-z_$€£.]$/.test(before) && !/(?:card|visa|number|num|no|pan|is|\.)$/.test(before)) return null;
  const isOrder = (ORDER.test(before) && !CARD.test(before)) || /^[\s（(是,，]{0,3}(?:订单|訂單|单号|單號|order)/.test(low.slice(end, end + 8));
  return isOrder ? null : { start, end, type: "card" };
}

/** Whether people group the digits of a card so. */
function isUsual(groups: readonly number[]): boolean {
  const [first = 0, last = 0] = [groups[0], groups[groups.length - 1]];
  return ["4,6,5", "6,13", "6,10", "4,4,4,7"].includes(groups.join()) || (groups.slice(0, -1).every((one) => one === first) && last <= first);
}

function mayBeCard(digits: string): boolean {
  const count = digits.length;
  if (/^4/.test(digits)) return count === 13 || count === 16 || count === 19;
  if (/^(?:5[1-5]|22[2-9]|2[3-6]|27[01]|2720)/.test(digits)) return count === 16;
  if (/^3[47]/.test(digits)) return count === 15;
  if (/^(?:62|81)/.test(digits)) return count >= 13;
  return count >= 16 && /^(?:60|64|65|35|36|38|39|30[0-5]|50|5[6-9]|6[136-9]|95)/.test(digits);
}

function hasLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const value = Number(digits.charAt(digits.length - 1 - at)) * (at % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

function isId(digits: string): boolean {
  if (!/^[1-8]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx]$/.test(digits)) return false;
  const sum = WEIGHTS.reduce((all, weight, at) => all + weight * Number(digits.charAt(at)), 0);
  return "10x98765432".charAt(sum % 11) === digits.charAt(17);
}
