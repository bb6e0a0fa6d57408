import { matches, type Span } from "./found.ts";

const KEY =
  /[私秘密][钥鑰匙]|[钥鑰]匙|priv(?:ate)?.?k(?:ey)?|privk|\bprivate\b|secret|\bkeys?\b|_key\b|signer|wallet\(|\bsk\b|\bpk\b|\bpriv\b|明文|sweep|[导導]入|import|prv\b/g;
const HASH =
  /公[钥鑰]|交易|哈希|转[账帐]|轉[賬帳]|[区區][块塊]|[订訂][单單]|[单單][号號]|流水|合[约約]|到[账帐賬帳]|[确確][认認]|成功|失[败敗]|手[续續][费費]|充[值币幣]|提[现現币幣]|地址|校[验驗]|[铭銘]文|[编編][号號]|\b(?:tx\w*|hash\w*|transaction\w*|block|checksum|sha-?\d*\w*|digest|inscription|\w*scan|explorer|root|commit|signature|contract|transfer\w*|sent|stuck|failed|swap|bridge|address|id|public)\b/g;

/** Private keys: hexadecimal, WIF, extended, and JSON key files. */
export function findKeys(text: string, low: string): Span[] {
  const found = keyFiles(low);
  for (const match of matches(/[0-9A-Za-z]{48,}/g, text)) {
    const [start, token] = [match.index ?? 0, match[0]];
    if (found.some((one) => one.start <= start && start < one.end)) continue;
    const type = typeOf(token, low, start);
    if (type !== null) found.push({ start, end: start + token.length, type });
  }
  for (const match of matches(/-----begin [a-z0-9 ]*private key-----[^]*?(?:-----end [a-z0-9 ]*private key-----|$)/g, low)) {
    found.push({ start: match.index ?? 0, end: (match.index ?? 0) + match[0].length, type: "privkey" });
  }
  return found;
}

function typeOf(token: string, low: string, start: number): string | null {
  if (/^(?:0[xX])?[0-9a-fA-F]{64}$/.test(token)) return isKey(low, start, start + token.length) ? "privkey" : null;
  if (!/^[1-9A-HJ-NP-Za-km-z]+$/.test(token)) return null;
  if (/^[xyztuvYZUV]prv[1-9A-HJ-NP-Za-km-z]{95,112}$/.test(token)) return "xprv";
  // The checksum is left to the server: nothing else of these lengths begins so.
  if (token.length >= 51 && token.length <= 52 && /^[5KL9cTQ6]/.test(token)) return "wif";
  return token.length >= 86 && token.length <= 90 && isKey(low, start, start + token.length) ? "privkey" : null;
}

/** Whether the nearest word that tells says key rather than hash; what is before tells more than what is after. */
function isKey(low: string, start: number, end: number): boolean {
  const after = low.slice(end, end + 40);
  if (/^[^a-z\u3400-\u9fff]{0,3}(?:这|這|就|is|was|that'?s|this|it'?s|as|的|是|了|我|my|the|\s){0,6}(?:[私秘密][钥鑰匙]|priv(?:ate)?.?key|secret.?key|wallet key)/.test(after)) return true;
  const before = low.slice(Math.max(0, start - 60), start);
  const [key, hash] = [lastEnd(KEY, before), lastEnd(HASH, before)];
  if (key !== hash) return key > hash;
  const [nextKey, nextHash] = [after.search(new RegExp(KEY.source)), after.search(new RegExp(HASH.source))];
  if (nextKey !== nextHash) return nextKey >= 0 && (nextHash < 0 || nextKey < nextHash);
  return !low.startsWith("0x", start) && (low.slice(0, start) + low.slice(end)).trim() === "";
}

function lastEnd(pattern: RegExp, text: string): number {
  return Math.max(-1, ...matches(pattern, text).map((match) => (match.index ?? 0) + match[0].length));
}

/** JSON objects that hold an encrypted key, the outermost braces included. */
function keyFiles(low: string): Span[] {
  if (!low.includes("ciphertext")) return [];
  const found: Span[] = [];
  let [depth, start] = [0, 0];
  for (const brace of matches(/[{}]/g, low)) {
    const at = brace.index ?? 0;
    if (brace[0] === "{") {
      if (depth === 0) start = at;
      depth += 1;
    } else if (depth > 0) {
      depth -= 1;
      if (depth === 0 && low.slice(start, at).includes("ciphertext")) found.push({ start, end: at + 1, type: "keystore" });
    }
  }
  return found;
}

