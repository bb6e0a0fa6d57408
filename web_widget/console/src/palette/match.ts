/** Finds what was meant by a few typed signs: pure. */

/** How well a text fits what was typed, higher is better; null when it does not hold all of it in this order. */
export function score(typed: string, text: string): number | null {
  const wanted = folded(typed).replace(/\s+/g, "");
  if (wanted === "") return 0;
  const there = folded(text);
  const whole = there.indexOf(folded(typed).trim());
  // What stands there as typed goes before what only holds its letters; an early place before a late one.
  if (whole >= 0) return 1_000 - whole + (beginsWord(there, whole) ? 500 : 0);
  return scattered(wanted, there);
}

function scattered(wanted: string, there: string): number | null {
  let points = 0;
  let from = 0;
  for (const sign of wanted) {
    const at = there.indexOf(sign, from);
    if (at < 0) return null;
    points += beginsWord(there, at) ? 10 : at === from ? 5 : 0;
    from = at + sign.length;
  }
  // Letters picked from all over a long text are an accident, not a match.
  return points >= 5 * wanted.length ? points : null;
}

function beginsWord(text: string, at: number): boolean {
  return at === 0 || /[\s\p{P}\p{S}]/u.test(text[at - 1] ?? "");
}

function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Those that fit, the best first; among equals the order stays. */
export function best<Item>(items: readonly Item[], typed: string, textsOf: (item: Item) => readonly string[]): Item[] {
  return items
    .map((item) => ({ item, points: Math.max(...textsOf(item).map((text) => score(typed, text) ?? -1)) }))
    .filter(({ points }) => points >= 0)
    .sort((a, b) => b.points - a.points)
    .map(({ item }) => item);
}
