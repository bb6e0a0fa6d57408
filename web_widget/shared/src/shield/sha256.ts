/** SHA-256 of a few bytes. The browser's own is asynchronous, and missing where the page is not secure. */
export function sha256(message: readonly number[]): number[] {
  const bytes = [...message, 0x80];
  while (bytes.length % 64 !== 56) bytes.push(0);
  const bits = message.length * 8;
  for (let shift = 56; shift >= 0; shift -= 8) bytes.push(shift > 31 ? 0 : (bits >>> shift) & 255);
  const state = firsts(8, 1 / 2);
  for (let at = 0; at < bytes.length; at += 64) block(state, bytes.slice(at, at + 64));
  return state.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

/** The first 32 bits of the fractional parts of roots of the first primes. */
function firsts(count: number, power: number): number[] {
  const found: number[] = [];
  for (let one = 2; found.length < count; one += 1) {
    let isPrime = true;
    for (let by = 2; by * by <= one; by += 1) if (one % by === 0) isPrime = false;
    if (isPrime) found.push(((one ** power % 1) * 2 ** 32) | 0);
  }
  return found;
}

const ROUNDS = firsts(64, 1 / 3);
const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function block(state: number[], bytes: readonly number[]): void {
  const words: number[] = [];
  for (let at = 0; at < 64; at += 1) {
    if (at < 16) {
      const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(at * 4, at * 4 + 4);
      words.push((a << 24) | (b << 16) | (c << 8) | d);
      continue;
    }
    const [early = 0, late = 0] = [words[at - 15], words[at - 2]];
    const one = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
    const two = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
    words.push(((words[at - 16] ?? 0) + one + (words[at - 7] ?? 0) + two) | 0);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let at = 0; at < 64; at += 1) {
    const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + (ROUNDS[at] ?? 0) + (words[at] ?? 0)) | 0;
    const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, place) => (state[place] = ((state[place] ?? 0) + word) | 0));
}
