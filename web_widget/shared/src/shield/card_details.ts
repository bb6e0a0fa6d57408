import { apart, matchAt, matches, type Span } from "./found.ts";

const MONTH = "(?:0?[1-9]|1[0-2])";
const YEAR = "(?:20)?[2-4]\\d";
const DATE = new RegExp(
  `(?:${MONTH}\\s?[/\\-.|]\\s?${YEAR}|20[2-4]\\d\\s?[/\\-.]\\s?${MONTH}|${YEAR}年\\s?${MONTH}月?份?|${MONTH}月\\s?/?${YEAR}年?|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\\.?[ ,/\\-]{1,2}${YEAR})(?![\\d/.\\-]\\d|\\d|\\s?日)`,
  "g",
);
const FILLING =
  "(?: of| on)?(?: my| the| this)?(?: new| old| debit| credit| bank)?(?: card| visa| master ?card)?了?[^a-z0-9\\u3400-\\u9fff]{0,4}(?:是|[为為]|到|至|[写寫填印]的?是?|上?面?(?:写|印)着?|is |was |date |on |in |at |end of |says |reads )?[^a-z0-9\\u3400-\\u9fff]{0,3}$";
const LABEL = new RegExp(
  `(?:有效期限?|期限|月/年|年/月|[失有]效(?:日期?|期|[时時][间間]|至|到)?|效期|到期(?:日期?|[时時][间間])?|[过過]期(?:日期?|[时時][间間]|月)?|exp(?:iry|ires?|ired|iration|iring)?\\.?(?: date)?|valid (?:thru|through|till|until|to)|good (?:thru|through|till|until)|\\bthru|mm ?/ ?yy|runs out|\\bends)${FILLING}`,
);
/** Labels that cards have and hardly anything else. */
const OF_CARDS = new RegExp(`(?:有效期限?|效期|月/年|年/月|\\bexp(?:iry|iration)?\\.?(?: date)?|(?:valid|good) thru|mm ?/ ?yy)${FILLING}`);
const SAID_AFTER = /^[\s,，（(]{0,2}(?:[这這]个?|就?是|of|is|was|as|the|my|它)?\s?(?:the |my )?(?:有效期|到期|[过過]期|失效|效期|exp(?:iry|ires|iration)?\b|is when it)/;
const CARD_TALK = /card|卡|cvv|cvc|visa|master|expiry|expiration|exp date|thru|安全|银联|銀聯|amex|mm ?\/ ?yy/;
const OTHER_ENDS = /[优優]惠|券|会员|會員|活[动動]|[护護]照|身[份分]|[证證]件|coupon|voucher|offer|passport|vip|member|id card|驾|駕|licen[sc]e|promo|gift|月卡|年卡|公交|学生|合[同约約]|理[财財]|[质質]押|[锁鎖][仓倉]|[产產]品|套餐|[订訂][阅閱]|[签簽][证證]|保[险險]|[证證][书書]|域名|[链鏈]接|[红紅]包|contract|subscription|staking|\block|link|invite|insurance|certificate|domain|quote|order|document|bonus|reward|campaign|\bplan\b|product/;

/** The date and the code that belong to a card. */
export function besideCards(low: string, cards: readonly Span[], found: readonly Span[]): Span[] {
  if (cards.length === 0 && !/效|期|exp|thru|valid|good|mm ?\/ ?yy|月\/年|年\/月|runs out|ends/.test(low)) return [];
  const isAboutCards = CARD_TALK.test(low);
  const isOther = OTHER_ENDS.test(low);
  const dates: Span[] = [];
  const take = (pattern: RegExp, mayStandBeside: boolean): void => {
    for (const match of matches(pattern, low)) {
      const start = match.index ?? 0;
      if (/[\d/.\-]$/.test(low.slice(0, start))) continue;
      const isBeside = mayStandBeside && cards.some((card) => card.start - 40 <= start && start <= card.end + 40);
      const lead = low.slice(Math.max(0, start - 36), start);
      const isNoDay = (match[0].match(/\d+/g) ?? []).some((number) => Number(number) > 31);
      const isCalled = isAboutCards
        ? LABEL.test(lead) || SAID_AFTER.test(low.slice(start + match[0].length, start + match[0].length + 24))
        : OF_CARDS.test(lead) || (isNoDay && LABEL.test(lead));
      if (isBeside || (!isOther && isCalled)) dates.push({ start, end: start + match[0].length, type: "expiry" });
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
