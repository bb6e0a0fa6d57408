import { apart, matchAt, matches, type Span } from "./found.ts";

const MONTH = "(?:0?[1-9]|1[0-2])";
const YEAR = "(?:20)?[2-4]\\d";
const DATE = new RegExp(
  `(?:${MONTH}\\s?[/\\-.|]\\s?${YEAR}|20[2-4]\\d\\s?[/\\-.]\\s?${MONTH}|${YEAR}年\\s?${MONTH}月?份?|${MONTH}月\\s?/?${YEAR}年?|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\\.?[ ,/\\-]{1,2}${YEAR})(?![\\d/.\\-]\\d|\\d|\\s?日)`,
  "g",
);
const LABEL =
  /(?:有效期限?|期限|月\/年|[失有]效(?:日期?|期|[时時][间間]|至|到)?|效期|到期(?:日期?|[时時][间間])?|[过過]期(?:日期?|[时時][间間]|月)?|exp(?:iry|ires?|ired|iration|iring)?\.?(?: date)?|valid (?:thru|through|till|until|to)|good (?:thru|through|till|until)|\bthru|mm ?\/ ?yy)[^a-z0-9\u3400-\u9fff]{0,4}(?:是|[为為]|到|至|[写寫填]的?是?|is |was |date |on |in |at |end of )?[^a-z0-9\u3400-\u9fff]{0,3}$/;
const CARD_TALK = /card|卡|cvv|cvc|visa|master|expiry|expiration|exp date|thru|安全|银联|銀聯|amex|mm ?\/ ?yy/;
const OTHER_ENDS = /[优優]惠|券|会员|會員|活[动動]|[护護]照|身[份分]|[证證]件|coupon|voucher|offer|passport|vip|member|id card|驾|駕|licen[sc]e|promo|gift|月卡|年卡|公交|学生/;

/** The date and the code that belong to a card. */
export function besideCards(low: string, cards: readonly Span[], found: readonly Span[]): Span[] {
  if (cards.length === 0 && !CARD_TALK.test(low)) return [];
  const isOther = OTHER_ENDS.test(low);
  const dates: Span[] = [];
  const take = (pattern: RegExp, mayStandBeside: boolean): void => {
    for (const match of matches(pattern, low)) {
      const start = match.index ?? 0;
      if (/[\d/.\-]$/.test(low.slice(0, start))) continue;
      const isBeside = mayStandBeside && cards.some((card) => card.start - 40 <= start && start <= card.end + 40);
      if (isBeside || (!isOther && LABEL.test(low.slice(Math.max(0, start - 28), start)))) dates.push({ start, end: start + match[0].length, type: "expiry" });
    }
  };
  take(DATE, true);
  take(/(?:0[1-9]|1[0-2])\s?[2-4]\d(?![\d/.\-])/g, false);
  for (const card of cards) {
    const date = matchAt(/[\s,，/|;；、]{1,3}((?:0[1-9]|1[0-2])[2-4]\d)(?=[\s,，/|;；、]{1,3}\d{3,4}(?!\d))/y, low, card.end);
    if (date !== null) dates.push({ start: card.end + date[0].length - 4, end: card.end + date[0].length, type: "expiry" });
  }
  const kept = apart(dates, []);
  for (const one of cards) {
    const named = /\b(?:cid|security|code)\b[^a-z0-9]{0,3}(\d{3,4})(?!\d)/.exec(low);
    if (named !== null && one === cards[0]) kept.push({ start: named.index + named[0].length - (named[1] ?? "").length, end: named.index + named[0].length, type: "cvv" });
  }
  const codes = cards.length === 0 ? [] : [...cards, ...kept].flatMap(({ end }) => {
    const code = matchAt(/[\s,，/|;；\-、]{1,4}(\d{3,4})(?![\d.:/%]|[ -]\d|\s?[元块天月年日次个位])/y, low, end);
    return code === null ? [] : [{ start: end + code[0].length - (code[1] ?? "").length, end: end + code[0].length, type: "cvv" }];
  });
  return [...kept, ...apart(codes, [...found, ...kept])];
}
