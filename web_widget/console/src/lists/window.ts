/** Which part of a long list stands in the page: pure. Heights are in pixels, measured where known, else estimated. */

/** Up to this many items the whole list stands in the page, where the browser's own search and screen readers find it. */
export const WHOLE = 150;

export interface Span {
  readonly from: number;
  /** One after the last. */
  readonly to: number;
}

/** Where each item begins, and last where the list ends. */
export function offsetsOf(ids: readonly string[], heights: ReadonlyMap<string, number>, estimate: number): Float64Array {
  const offsets = new Float64Array(ids.length + 1);
  ids.forEach((id, index) => {
    offsets[index + 1] = (offsets[index] ?? 0) + (heights.get(id) ?? estimate);
  });
  return offsets;
}

/** The index of the item at a height: the last one that begins at or above it. */
export function indexAt(offsets: Float64Array, height: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? 0) <= height) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The items that are in sight or less than `margin` away from it. */
export function spanOf(offsets: Float64Array, top: number, height: number, margin: number): Span {
  const count = offsets.length - 1;
  if (count <= WHOLE) return { from: 0, to: count };
  return { from: indexAt(offsets, top - margin), to: Math.min(count, indexAt(offsets, top + height + margin) + 1) };
}
