/** What a search has found: a stretch of the folded text and the kind of secret that it is. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

/** Every match of a pattern (with the flag `g`) as it stands. */
export function matches(pattern: RegExp, text: string): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  // `matchAll` came to Safari after the web views that this must run in.
  const search = new RegExp(pattern);
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    found.push(match);
    if (match[0] === "") search.lastIndex += 1;
  }
  return found;
}

/** A match that begins exactly at a place; the pattern has the flag `y`. */
export function matchAt(pattern: RegExp, text: string, place: number): RegExpExecArray | null {
  pattern.lastIndex = place;
  return pattern.exec(text);
}

/** The text with what was found made unreadable, so that nothing is found twice. */
export function blanked(text: string, spans: readonly Span[]): string {
  let rest = text;
  for (const { start, end } of spans) rest = rest.slice(0, start) + "\0".repeat(end - start) + rest.slice(end);
  return rest;
}

/** Those that touch none of what was found before, nor each other. */
export function apart(spans: readonly Span[], found: readonly Span[]): Span[] {
  const kept: Span[] = [];
  for (const one of spans) {
    if ([...found, ...kept].every((other) => one.end <= other.start || other.end <= one.start)) kept.push(one);
  }
  return kept;
}
