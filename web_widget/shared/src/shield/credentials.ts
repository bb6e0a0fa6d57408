import { WORDS } from "../generated/shield_words.ts";
import { apart, matchAt, matches, type Span } from "./found.ts";
import { findNouns, simplified, type Noun } from "./nouns.ts";

/** What may stand between a noun and its value. */
const FILLER =
  /[\s:：=*"'(（「『【[<>—→～~“]|[,，](?=\s?[0-9])|-(?=\s)|是(?![不否吗什啥多几怎错对])|为(?![什啥何])|就是|应该是|好像是?|大概是|可能是|以前是|原?来?是|我?记得?是?|设[置的定成为]*[了是]?|改[成为了]*|填的?是?|写的?是?|[用叫]的?是?|给你了?|发[你给您]+|收到的?了?是?|号?码|号|数?字|如下|在?这里?|这个?|那个?|我的?|[你的了哈啊呢吧都]|试[过了]*|现在的?是?|刚才?|今天|原来的?是?|[旧新]的?是?|上面?的?|显示的?|内容|过来的?|生日(?=[是:：\s]{0,2}[0-9])|[六四6４八8五5]位数?字?[码的]?|大写开头|全?小写|没错|应该没错|不对|错误|is(?: it)?\b|'s\b|(?:was|as|are|were|of|code|number|it'?s|reads?|says?|shows?|to|from|here|below|that|the|my|tried|now|again|today|just)\b|no\.|for (?:my |the )?(?:account|wallet|app|login|it|this|card)\b|that i (?:use|set|used)\b|i (?:use|used|set|got|have|received|tried|entered|gave|typed|wrote|put)(?: was| is)?\b|i(?:'ve| have) been using(?: is)?\b|[to]o? (?:log ?in|unlock)\b|(?:just )?came(?: in)?\b|(?:the |my )?(?:old|new|current)(?: one)?\b|as follows|should be\b|(?:you|they) (?:sent|texted|asked for|gave|emailed)(?: me| us)?\b|by (?:text|sms|mail|email)\b|in the (?:text|sms|mail|email)\b|on (?:the|my) (?:card|phone|back)\b/y;
const STRONG = /[:=是为]|[\s:=]["'「“『]|\b(?:is|was)\b|'s\b|\bto\b|设|改成/;
const VALUE_OF: Record<string, RegExp> = {
  cvv: /(?:\d{3,4}|\d \d \d)(?![\d.%/]|[ -]?\d)/y,
  otp: /(?:(?:[a-z]{1,2}-)?(?:\d{3}[ -]\d{3,4}|\d{4}[ -]\d{4}|\d{4,8}|\d(?: \d){3,7})|(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{5,8}|[a-z0-9]{3,5}-[a-z0-9]{1,4}\d|[〇零一二三四五六七八九]{4,8})(?![0-9a-z%]|[.:]\d)/y,
  pin: /(?:\d(?: \d){3,7}|\d{4,8}|[〇零一二三四五六七八九]{4,8})(?![\d%a-z@_!#$]|[.:]\d)/y,
  code: /(?:(?:g-)?\d{6}|\d{3}[ -]\d{3}|\d(?: \d){5}|\d{4,8})(?![\d.%:]|-\d)/y,
};
const UNIT =
  /\s?(?:[次个位秒分天年月日号条块元人种遍小名家度米点折倍级层楼路张件笔岁期步页版万千百亿]|多[次个]|(?:hours?|hrs?|h|times?|digits?|char(?:acter)?s?|letters?|min(?:ute)?s?|sec(?:ond)?s?|s|days?|attempts?|tries|usdt?|eth|btc|cny|rmb|hkd|eur|dollars?|euros?|yuan|percent|weeks?|months?|years?|people|users?|points?|gwei|gb|mb|kb|am|pm)\b|积分|美元|美金)/y;
const NEAR =
  /(?:手机|电话|账户|账号|用户名?|昵称|名字|邮箱|充[了值]*|转[了账]*|提[了现]*|付[了款]*|消费了?|花了?|买了?|扣了?|等了?|等到|约|大概|共|至少|最少|最多|超过|不到|才|只有|剩|从|第|满|减|送|返|排队|在|(?:^|[^a-z])(?:atm|id|account|user|username|name|email|paid|sent|deposited|withdrew|transferred|got|about|over|only|at|in|on|by|after|before))(?:[\s:：是为了#.]{0,4}|\s?(?:is|was|no\.?|number)\s?)$/;
const ALSO = /^["'」”)]?\s*(?:还是|或者?|和|跟|与|及|、|，|,|\/|;|；|or\b|and\b|then\b|also\b|to\b|要么|\s)+\s*(?:(?:是|就是|新的?|旧的?|之前的?|the|new|old|is|was|from)\s*)*["'「“]?$/;
const SAYS_SO = /(?:是|[:=：]|为|用的?|试了?|\b(?:is|was|be|maybe|probably|think|like|it'?s|use|used))[\s"'「“]*$/;
const COPULA = /[这那](?:个|一?串|组)?|就?是|[当作做]|我的|\b(?:is|was|are|were|as|these|those|both|this|that'?s|for (?:the|my|an?))\b|[(（←]|(?:^|[^d]) my\b/;
const RECEIVED =
  /(?:收到|发来|发了?|给我|显示|来了|过来|数字|填|输入?|写|念|是|试[了过]?|用|告诉.{0,6}|报了?|给了?.{0,3}|念了?|\b(?:texted|sent|got|received?|gave|says?|shows?|emailed|enter(?:ed)?|typed?|typing|use|used|using|tried|try|with|reads|told|is|was))(?:\s?(?:了|的|我|是|过|一串|数字|这个|me|us|you|him|her|a|the|code|in|by|it))*[\s:："'「“]*$/;
const NOT_GIVEN = /来自|from (?:the )?(?:number)?[^a-z0-9]?$|收不到|没有?收|还没|未收到|不来|没来|收不|哪里|never|not (?:been )?(?:receiv|arriv|com|get)|n't (?:receiv|arriv|com|get|got)|no code|how (?:do|to|long|many)/;
const DENIES = /\bnot\b|n't|不是|没有|收不到|没收到|never|多少|\bno\b|是不是|是什么|忘/;
const TOLD = /(?:told|gave|sent|\bread|告诉|报|给|念)[^,.!?，。]{0,10}$/;
const IT_WAS = /[.。!！,，]\s?(?:and )?(?:it (?:is|was|says|said)|it'?s|就?是|它是)[^a-z0-9]{0,2}$/;
/** Digits that came in a message, without any word for a code. */
const BY_MESSAGE =
  /\b(?:got|received?|sent me|texted(?: me)?|gave me)[^a-z0-9]{1,2}(\d{6}|\d{3}[ -]\d{3})(?![\d.,%])(?:[^a-z0-9]{1,2}[a-z]{1,9}){0,3}?[^a-z0-9]{1,2}(?:by|via|in|on|as|from)(?: an?| my| the)? (?:sms|text)\b|\b(?:use|enter|type) (\d{6}) to (?:verify|confirm|log|sign|complete|finish|continue)\b|短信(?:里|上|中|内容|收到|说|是|写|发来|来|显示|着|的|了|一个|个|给我|:|：|\s){0,4}(\d{6})(?![\d.,%]|\s?(?:元|块|次|条))/g;
const THREE_BEHIND = /(?:[三3]位|[三3]个)(?:数字|数|码)?[^\d。\n]{0,3}(\d{3})(?!\d)[^\d。\n]{0,4}(?:后面|背面|反面|背后)/g;
const FAR: Record<string, number> = { password: 44, otp: 44, pin: 36, cvv: 14 };
const AFTER = 30;
const prose = new Set<string>(WORDS.prose);
const YEAR = /^(?:19[5-9]\d|20[0-4]\d)$/;
const URL_LIKE = /^(?:https?:|www\.|\/\/)|@[^@\s]+\.[a-z]{2,}$|^[a-z0-9-]+(?:\.[a-z]{2,})+(?:\/|$)/;
const NAMED =
  /^(?:(?:iphone|ipad|ios|android|win(?:dows)?|mac(?:os)?|erc|trc|bep|brc|web|mate|nova|redmi|mi|oppo|vivo|galaxy|pixel|chrome|honor|huawei|xiaomi|sha|aes|utf|level|tier|lv|vip|step|top|no|ver|version|[vfhxspkamqce]|[2-5]g|rc|beta|build|http|error|err|code|ref|order|tx|id|uid|kyc|otp|hk|tk)[-_#]?v?\d+(?:[.-]\d+)*[a-z+%]{0,4}|0x[0-9a-f]+|[0-9a-f]{20,}|\d+(?:[.,:]\d+)*(?:%|[kmgt]?b|k|w|m|s|h|x|usdt?|btc|eth|gwei|min|am|pm)|[a-z0-9]{26,}|[a-z]+\/[a-z]+|24\/7|[@#][a-z0-9_]+|\+?\d[\d-]+|\$?[\d,.]+[a-z]{0,4}|2fa|c2c|p2p|.*\.(?:png|jpe?g|pdf|mp4|docx?|txt|apk|exe|zip|html?))$/;

/** Passwords, codes, PINs and card codes: each value belongs to the noun that names it. */
export function findCredentials(low: string, text: string): Span[] {
  const plain = simplified(low);
  const nouns = findNouns(plain);
  const found: Span[] = [...unnamed(plain, BY_MESSAGE, "otp"), ...unnamed(plain, THREE_BEHIND, "cvv")];
  if (!nouns.some((noun) => noun.kind !== "other")) return found;
  for (const noun of nouns) found.push(...apart(following(noun, plain, text), found));
  const values = findValues(plain, text, nouns);
  let last: Span | null = null;
  let waiting: Value[] = [];
  const outside = nouns.filter((noun) => !values.some((one) => one.isMixed && noun.end < one.end && (one.start < noun.start || (one.start === noun.start && noun.kind === "other"))));
  for (const value of values) {
    const known = found.find((one) => one.start < value.end && value.start < one.end);
    if (known !== undefined) {
      last = known;
      continue;
    }
    const type = matchAt(UNIT, plain, value.end) !== null && !value.isMixed ? null : typeOf(plain, outside, value, last);
    const along = waiting.filter((one) => one.isMixed === value.isMixed && ALSO.test(plain.slice(one.end, value.start)));
    if (type === null) {
      waiting = [...along, value];
      continue;
    }
    for (const one of [...along, value]) found.push({ start: one.start, end: one.end, type });
    last = { start: value.start, end: value.end, type };
    waiting = [];
  }
  return [...found, ...apart(pairs(plain, outside), found)];
}

/** Values that no noun names, but what is said around them. */
function unnamed(plain: string, pattern: RegExp, type: string): Span[] {
  return [...matches(pattern, plain)].map((match) => {
    const value = match.slice(1).find((one) => one !== undefined) ?? "";
    const start = (match.index ?? 0) + match[0].indexOf(value);
    return { start, end: start + value.length, type };
  });
}

/** What follows right after a noun, with others that are named beside it. */
function following(noun: Noun, plain: string, text: string): Span[] {
  if (noun.kind === "other" || noun.kind === "pair") return [];
  let start = noun.end;
  for (let count = 0; count < 12; count += 1) {
    const filler = matchAt(FILLER, plain, start);
    if (filler === null || filler[0] === "") break;
    start += filler[0].length;
  }
  const link = plain.slice(noun.end, start);
  if (noun.kind !== "password") {
    const pattern = VALUE_OF[noun.kind];
    const match = pattern === undefined ? null : matchAt(pattern, plain, start);
    if (match !== null && matchAt(UNIT, plain, start + match[0].length) === null && fits(noun.kind, text.slice(start, start + match[0].length), link)) {
      return [{ start, end: start + match[0].length, type: noun.kind === "code" ? "otp" : noun.kind }];
    }
    if (noun.kind !== "pin" || !/\d/.test(plain.slice(start, start + 20))) return [];
  }
  return passwords(plain, text, start, STRONG.test(link));
}

function fits(kind: string, value: string, link: string): boolean {
  if (kind === "otp" && /[A-Za-z]/.test(value) && !/^[A-Za-z]{1,2}-\d+$/.test(value)) return value === value.toUpperCase();
  if (kind === "code") return (value.match(/\d/g) ?? []).length === 6 || /\b(?:is|was|sent|received|got)\b|[是:]/.test(link);
  return true;
}

function passwords(plain: string, text: string, from: number, isStrong: boolean): Span[] {
  const found: Span[] = [];
  let [start, strong] = [from, isStrong];
  for (;;) {
    const value = (matchAt(/[!-~]{4,64}/y, plain, start)?.[0] ?? "").replace(/[&;][a-z_]+=.*$/, "").replace(/[.,;:)\]}>"'?]+$/, "");
    const end = start + value.length;
    if (value.length < 4 || URL_LIKE.test(value) || matchAt(UNIT, plain, end) !== null) return found;
    if (!isPassword(text.slice(start, end), plain.charAt(end), strong)) return found;
    found.push({ start, end, type: "password" });
    const more = /^["'」”]?\s*(?:还是|或者?|和|跟|与|、|，|,|\/|;|；|or\b|and\b|then\b)+\s*(?:(?:是|新的?|旧的?|the|new|old|is|was)\s*)*/.exec(plain.slice(end));
    if (more === null) return found;
    start = end + more[0].length;
    strong = false;
  }
}

function isPassword(value: string, next: string, isStrong: boolean): boolean {
  const low = value.toLowerCase();
  if (/^\d+$/.test(value)) return value.length >= 6 || isStrong;
  if (/\d/.test(value) && /[A-Za-z]/.test(value)) return value.length >= 5 || isStrong;
  if (/^[A-Za-z]+$/.test(value)) return isStrong && !prose.has(low) && (next === "" || /[^\x20-\x7e]|[.!,;"]/.test(next));
  return (isStrong && /[A-Za-z0-9]/.test(value) && !/^[a-z]+(?:['/&.][a-z]+)*[!.,]*$/.test(low)) || /[a-z0-9][!@#$%^&*_+=~][a-z0-9]/.test(low);
}

interface Value {
  readonly start: number;
  readonly end: number;
  readonly isMixed: boolean;
}

const DIGITS = /(?:g-)?(?:\d{3}[ -]\d{3,4}|\d{4} \d{4}|\d\d \d\d \d\d|\d{3,8}|\d(?: \d){2,7})(?![0-9a-z_%*/@#$&+]|[.,:：-]\d|[ -]\d)/g;

function findValues(plain: string, text: string, nouns: readonly Noun[]): Value[] {
  const found: Value[] = [];
  for (const match of matches(DIGITS, plain)) {
    const start = match.index ?? 0;
    if (!/[0-9a-z_.,:/$€£¥￥#*+@%&=-]$/.test(plain.slice(0, start))) found.push({ start, end: start + match[0].length, isMixed: false });
  }
  const names = new Set(nouns.map((noun) => plain.slice(noun.start, noun.end)));
  for (const match of matches(/[!-~]{3,}/g, plain)) {
    let start = match.index ?? 0;
    const end = start + match[0].length;
    const name = /^["'({[<]*([a-z]+2?)["']?[:=]+>?["']?/.exec(match[0]);
    if (name !== null && names.has(name[1] ?? "")) start += name[0].length;
    const word = plain.slice(start, end).replace(/[.,;:)\]}>"'?]+$/, "");
    const lead = (/^["'([{<:=]*/.exec(word) ?? [""])[0].length;
    const value = { start: start + lead, end: start + word.length, isMixed: true };
    if (isMixed(text.slice(value.start, value.end))) found.push(value);
  }
  return found.sort((one, other) => one.start - other.start);
}

function isMixed(written: string): boolean {
  const low = written.toLowerCase();
  const isPlain = written.length < 5 || written.length > 24 || !/[a-z]/.test(low) || !/[0-9]|[0-9a-z][!@#$%^&*_+=~]+[0-9a-z]/.test(low);
  return !isPlain && !URL_LIKE.test(low) && !NAMED.test(low) && !/^[A-Z]{1,5}-?\d{4,}[A-Z]*$/.test(written);
}

function typeOf(plain: string, nouns: readonly Noun[], value: Value, last: Span | null): string | null {
  if (last !== null && value.start - last.end <= 14 && value.start >= last.end && value.isMixed === (last.type === "password")) {
    if (["password", "otp", "pin"].includes(last.type) && ALSO.test(plain.slice(last.end, value.start))) return last.type;
  }
  if (NEAR.test(plain.slice(Math.max(0, value.start - 18), value.start))) return null;
  const noun = lastBefore(nouns, value.start);
  if (noun !== undefined && isNamedBefore(plain, noun, value, last)) return noun.kind === "code" ? "otp" : noun.kind;
  if (noun !== undefined && noun.kind === "other" && value.start - noun.end <= 8) return null;
  const next = nouns.find((one) => value.end <= one.start);
  return next === undefined ? null : namedAfter(plain, next, value);
}

/** The nearest noun before a place. */
function lastBefore(nouns: readonly Noun[], place: number): Noun | undefined {
  let [low, high] = [0, nouns.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nouns[middle]?.end ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return nouns[low - 1];
}

function canBe(kind: string, plain: string, value: Value): boolean {
  if (value.isMixed) return kind === "password";
  const written = plain.slice(value.start, value.end);
  const digits = (written.match(/\d/g) ?? []).length;
  if (kind === "cvv") return digits === 3 || digits === 4;
  return !YEAR.test(written) && digits >= (kind === "password" ? 6 : 4);
}

function isNamedBefore(plain: string, noun: Noun, value: Value, last: Span | null): boolean {
  const far = FAR[noun.kind];
  const gap = plain.slice(Math.max(noun.end, last?.end ?? 0), value.start);
  if (noun.kind === "code") return isTold(plain, gap, value);
  if (far === undefined || gap.length > far || !canBe(noun.kind, plain, value)) return false;
  const saysSo = SAYS_SO.test(gap);
  const isNext = value.isMixed || IT_WAS.test(gap);
  const stop = value.isMixed ? /[。！？!?\n;；\0]/ : /[。！？!?\n;；\0]|\.\s/;
  if (stop.test(gap) && !(saysSo && isNext)) return false;
  if ((noun.kind === "otp" || noun.kind === "cvv") && NOT_GIVEN.test(gap)) return false;
  return value.isMixed || saysSo || !(noun.kind === "password" || /忘|forg[eo]t|reset|重置|找回|怎么|不记得|记不/.test(gap));
}

/** Whether six digits are told that somebody calls a code. */
function isTold(plain: string, gap: string, value: Value): boolean {
  if (value.isMixed || gap.length > AFTER || plain.slice(value.start, value.end).replace(/\D/g, "").length !== 6) return false;
  const isSaid = SAYS_SO.test(gap) && !/[。！？!?\n;；\0]|\.\s/.test(gap) && !NOT_GIVEN.test(gap);
  return isSaid || TOLD.test(gap) || IT_WAS.test(gap);
}

function namedAfter(plain: string, noun: Noun, value: Value): string | null {
  if (noun.kind === "other" || noun.kind === "pair" || noun.start - value.end > AFTER) return null;
  const kind = noun.kind === "code" ? "otp" : noun.kind;
  const gap = plain.slice(value.end, noun.start);
  if (!canBe(kind, plain, value) || DENIES.test(gap) || /[。！!；;\n]/.test(gap)) return null;
  const saysSo = COPULA.test(gap);
  const isReceived = RECEIVED.test(plain.slice(Math.max(0, value.start - 26), value.start));
  if (kind === "otp") {
    const isSix = (plain.slice(value.start, value.end).match(/\d/g) ?? []).length === 6;
    const isBeside = isSix && noun.kind !== "code" && gap.trim().length <= 1;
    return isReceived || isBeside || (saysSo && (isSix || noun.kind !== "code")) ? kind : null;
  }
  if (kind === "cvv" || !value.isMixed) return saysSo && gap.length <= AFTER / 2 ? kind : null;
  return saysSo || (isReceived && gap.length <= 14) ? kind : null;
}

/** The second of what somebody logs in with: `login: lin77 / Bordeaux#33`. */
function pairs(plain: string, nouns: readonly Noun[]): Span[] {
  return nouns.flatMap((noun) => {
    if (noun.kind !== "pair") return [];
    const lead = /^(?: in with)?\s?(?:[:：是=-]|are\b|is\b|分别是)?\s?(?!is\b|are\b)[!-~]{2,40}?\s?(?:[/|,，、]| - |和|\s)\s?(?=[!-~]{5,40})/.exec(plain.slice(noun.end));
    if (lead === null) return [];
    const start = noun.end + lead[0].length;
    const word = (matchAt(/[!-~]{5,40}/y, plain, start)?.[0] ?? "").replace(/[.,;)]+$/, "");
    const isLikely = /[a-z]/.test(word) && /[0-9!@#$%^&*_]/.test(word) && !/[:/]|@.*\.[a-z]/.test(word);
    return isLikely ? [{ start, end: start + word.length, type: "password" }] : [];
  });
}
