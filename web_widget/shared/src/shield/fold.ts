/** A text in one spelling, and where each of its characters stood in the text as it was written. */
export interface Folded {
  readonly low: string;
  readonly text: string;
  /** Places in the written text, by place in the folded one; one more for the end. */
  readonly places: readonly number[];
}

const INVISIBLE = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u20e3]/;
const SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;
const DASHES = /[‐‑‒–—―−﹣－]/;
const ALIKE: Record<string, string> = {
  "：": ":", "＝": "=", "＠": "@", "．": ".", "／": "/", "＿": "_", "＋": "+", "＃": "#", "＊": "*", "｜": "|",
  "“": '"', "”": '"', "＂": '"', "‘": "'", "’": "'",
  а: "a", е: "e", о: "o", р: "p", с: "c", х: "x", у: "y", і: "i", ѕ: "s", ԁ: "d", к: "k",
};

/** Digits of all scripts, full-width and look-alike letters and invisible characters are read as what they look like. */
export function fold(written: string): Folded {
  const places: number[] = [];
  let text = "";
  for (let at = 0; at < written.length; at += 1) {
    const character = written.charAt(at);
    if (character < "\u0080") {
      text += character;
      places.push(at);
    } else if (!INVISIBLE.test(character)) {
      text += plain(character);
      places.push(at);
    }
  }
  places.push(written.length);
  return { text, low: text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()), places };
}

function plain(character: string): string {
  const alike = ALIKE[character];
  if (alike !== undefined) return alike;
  if (SPACES.test(character)) return " ";
  if (DASHES.test(character)) return "-";
  const point = character.charCodeAt(0);
  if (point >= 0xff21 && point <= 0xff5a) return String.fromCharCode(point - 0xfee0);
  return digit(point) ?? character;
}

const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xe50, 0xff10, 0x2080];
const ONES = [0x2460, 0x2474, 0x2776];

function digit(point: number): string | null {
  for (const zero of ZEROS) if (point >= zero && point < zero + 10) return String(point - zero);
  for (const one of ONES) if (point >= one && point < one + 9) return String(point - one + 1);
  return null;
}
