/** Which part of a long list is drawn: pure sums over the heights of its blocks. */

/** Where block `index` begins, from the top of the list. */
export function offset(heights: readonly number[], index: number): number {
  let sum = 0;
  for (let at = 0; at < index; at += 1) sum += heights[at] ?? 0;
  return sum;
}

/** The blocks `[from, to)` that lie within `[top - margin, bottom + margin]`; at least one, if there are any. */
export function span(heights: readonly number[], top: number, bottom: number, margin: number): [number, number] {
  let from = 0;
  let y = 0;
  while (from < heights.length - 1 && y + (heights[from] ?? 0) < top - margin) {
    y += heights[from] ?? 0;
    from += 1;
  }
  let to = from;
  while (to < heights.length && (to === from || y < bottom + margin)) {
    y += heights[to] ?? 0;
    to += 1;
  }
  return [from, to];
}
