import { apart, matches, type Span } from "./found.ts";
import { chinese, english, hasChecksum, isAboutPhrases, LENGTHS } from "./lists.ts";

/** Words of a phrase that may be misspelt. */
const WRONG = 2;
const LEAST = LENGTHS[0];
/** Words of the sentence around a phrase that are on the list by chance. */
const STRAY = 5;
/** Stretches of characters that are tried for a checksum. */
const TRIED = 100;
/** The first four letters, which tell the words apart; some people note only those. */
const beginnings = new Set([...english.keys()].map((word) => word.slice(0, 4)));
const GAP = /^(?:[^a-z\u3400-\u9fff\0]|[第个個号號词詞是]){1,16}$/;
const LISTED = /[\n,，、;；|/:.\d\-_>]/;

/** Recovery phrases in English and Chinese. */
export function findPhrases(low: string): Span[] {
  const found = [...inEnglish(low), ...glued(low), ...apartCharacters(low)];
  return [...found, ...apart(together(low), found)];
}

interface Word {
  readonly start: number;
  readonly end: number;
  readonly isListed: boolean;
}

function inEnglish(low: string): Span[] {
  const found: Span[] = [];
  let run: Word[] = [];
  const finish = (): void => {
    const span = phraseOf(low, run);
    if (span !== null) found.push(span);
    run = [];
  };
  for (const match of matches(/[a-z]+(?:[0-9][a-z]+)*/g, low)) {
    const start = match.index ?? 0;
    const last = run[run.length - 1];
    const gap = last === undefined ? "" : low.slice(last.end, start);
    const begins = /^\D*[:=]\D*$/.test(gap) || (/^\D*0?1\D*$/.test(gap) && run.length < LEAST);
    if (last !== undefined && (!GAP.test(gap) || begins)) finish();
    run.push({ start, end: start + match[0].length, isListed: english.has(match[0]) });
  }
  finish();
  return found;
}

/** The longest stretch of listed words, a misspelt one here and there. */
function phraseOf(low: string, run: readonly Word[]): Span | null {
  if (run.length < LEAST) return null;
  const shortened = run.filter((word) => beginnings.has(low.slice(word.start, word.end)));
  const allowed = isAboutPhrases(low) || isSetOut(low, run) ? WRONG : 1;
  let best: readonly Word[] = [];
  for (let first = 0; first < run.length; first += 1) {
    if (run[first]?.isListed !== true && !(run[first + 1]?.isListed && run[first + 2]?.isListed)) continue;
    let wrong = 0;
    let end = first;
    while (end < run.length && (run[end]?.isListed === true || ++wrong <= allowed)) end += 1;
    const stretch = trimmed(run.slice(first, end));
    if (stretch.filter((word) => word.isListed).length >= LEAST - allowed && stretch.length >= LEAST && stretch.length > best.length) best = stretch;
  }
  if (best.length === 0 && shortened.length === run.length && LENGTHS.includes(run.length as 12)) best = run;
  best = certain(low, best) ?? best;
  const [first, last] = [best[0], best[best.length - 1]];
  return first === undefined || last === undefined ? null : { start: withNumber(low, first.start, best[1]?.start ?? 0), end: last.end, type: "mnemonic" };
}

/** The part of a stretch that is a phrase for sure, so that the sentence around it stays. */
function certain(low: string, best: readonly Word[]): readonly Word[] | null {
  for (const length of [...LENGTHS].reverse()) {
    if (length < best.length - STRAY) return null;
    for (let first = 0; first + length <= best.length; first += 1) {
      const part = best.slice(first, first + length);
      if (part.every((word) => word.isListed) && hasChecksum(part.map((word) => low.slice(word.start, word.end)), english)) return part;
    }
  }
  return null;
}

/** Where a phrase begins, with the number before its first word if the second has one too. */
function withNumber(low: string, start: number, second: number): number {
  const number = /[(（[]?(?:第|#)?\d{1,2}\s?[个個号號]?[词詞]?\s?[.)、:）\-]?\s?$/.exec(low.slice(Math.max(0, start - 8), start));
  const isListed = /\d[^a-z\u3400-\u9fff]*$/.test(low.slice(start, second));
  return number !== null && isListed ? start - number[0].length : start;
}

/** Without what is not listed at its ends; one such word may be a misspelt first or last one. */
function trimmed(words: readonly Word[]): readonly Word[] {
  let [first, end] = [0, words.length];
  if (end - first > LEAST && words[first]?.isListed === false) first += 1;
  while (end - first > LEAST && words[end - 1]?.isListed === false) end -= 1;
  return words.slice(first, end);
}

function isSetOut(low: string, run: readonly Word[]): boolean {
  const gaps = run.slice(1).map((word, at) => low.slice(run[at]?.end ?? 0, word.start));
  return gaps.length > 0 && gaps.filter((gap) => LISTED.test(gap)).length >= gaps.length - 2;
}

/** Phrases that are written without any space. */
function glued(low: string): Span[] {
  return matches(/[a-z]{36,}/g, low).flatMap((match) => {
    const most = new Map([[0, 0]]);
    for (let place = 0; place < match[0].length; place += 1) {
      const count = most.get(place);
      if (count === undefined) continue;
      for (let length = 3; length < 9; length += 1) {
        if (english.has(match[0].slice(place, place + length))) most.set(place + length, Math.max(most.get(place + length) ?? 0, count + 1));
      }
    }
    const start = match.index ?? 0;
    return (most.get(match[0].length) ?? 0) >= LEAST ? [{ start, end: start + match[0].length, type: "mnemonic" }] : [];
  });
}

const APART = /[\u3400-\u9fff](?:[^\u3400-\u9fffa-z\0]{1,6}[\u3400-\u9fff](?![\u3400-\u9fff])){11,}/g;

/** Chinese characters one by one, with spaces, marks or numbers between them. */
function apartCharacters(low: string): Span[] {
  return matches(APART, low).flatMap((match) => {
    const characters = match[0].match(/[\u3400-\u9fff]/g) ?? [];
    const isOne = chinese.some((list) => characters.filter((one) => list.has(one)).length >= characters.length - 1);
    const begin = match.index ?? 0;
    const start = withNumber(low, begin, begin + 1 + match[0].slice(1).search(/[\u3400-\u9fff]/));
    return isOne && isRare(characters, -3.2) ? [{ start, end: begin + match[0].length, type: "mnemonic" }] : [];
  });
}

/** Characters in a row: rare ones with the right checksum, or very rare ones that stand by themselves. */
function together(low: string): Span[] {
  const plain = low.replace(/助[记記][词詞]|恢[复復](?:[词詞]|短[语語])/g, (label) => "\0".repeat(label.length));
  return matches(/[\u3400-\u9fff]{12,}/g, plain).flatMap((match) => {
    const run = [...match[0]];
    const even = isAboutPhrases(low) ? -3.2 : -3;
    let tried = 0;
    for (const length of [...LENGTHS].reverse()) {
      for (let first = 0; first + length <= run.length; first += 1) {
        const part = run.slice(first, first + length);
        if (!isRare(part, even)) continue;
        tried += 1;
        // So much of it is rare that it holds little else than phrases.
        if (tried > TRIED) return [{ start: match.index ?? 0, end: (match.index ?? 0) + run.length, type: "mnemonic" }];
        const whole = run.length === length && isRare(part, isAboutPhrases(low) ? -2.75 : -2.25);
        if (whole || chinese.some((list) => hasChecksum(part, list))) {
          const start = (match.index ?? 0) + first;
          return [{ start, end: start + length, type: "mnemonic" }];
        }
      }
    }
    return [];
  });
}

/** Whether characters were drawn rather than written: most of them are not among the common ones. */
function isRare(characters: readonly string[], least: number): boolean {
  let sum = 0;
  for (const one of characters) {
    const places = chinese.map((list) => list.get(one) ?? -1);
    const place = Math.max(...places);
    if (place < 0) return false;
    sum += COMMON.includes(one) ? Math.log2(60 / 2048) : Math.log2((place + 20) / 2048);
  }
  return sum / characters.length > least && new Set(characters).size * 2 > characters.length;
}

/** Characters that wallet talk uses all the time though they are rare elsewhere. */
const COMMON =
  "钱錢包账帳户戶密码碼验驗证證转轉充值提现現客服助词詞记記私钥鑰恢复復备備份登录錄链鏈接银銀行卡币幣冻凍结結审審核安全订訂单單号號手机機短信邮郵箱实實名认認付款退额額度限费費率网網络絡版本更新升级級设設置页頁面请請您好谢謝帮幫忙怎么麼样樣什么麼为為吗嗎呢吧啊哦嗯哪昨今明晚早午刚剛才已经經还還没沒收点點击擊屏幕截图圖联聯系系统統错誤误提示失败敗成功等待处處理查询詢询问問题題解决决绑绑定解除注销銷销注册冊删刪除换換改换骗騙诈詐盗盜丢丟忘输輸入出写寫抄导導新旧舊个個字念听聽排队隊急快慢钟鐘秒分天月年元块塊万萬千百谁誰给給让讓跟把被从從对對错";
