/** A long list of which only the part around what is in sight stands in the page, and which stays where it is while it grows. */
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import { indexAt, offsetsOf, spanOf, type Span } from "../lists/window.ts";

/** Closer to the end than this, what is new scrolls into view by itself. */
const NEAR_END_PX = 80;
/** Drawn beyond what is in sight, so that a turn of the wheel finds it there already. */
const MARGIN_PX = 900;

export interface Windowed extends Span {
  readonly box: { current: HTMLDivElement | null };
  /** Room for what does not stand in the page, in pixels. */
  readonly before: number;
  readonly after: number;
  readonly isAtEnd: boolean;
  readonly onScroll: () => void;
  readonly toEnd: () => void;
}

interface Place {
  isAtEnd: boolean;
  /** The topmost item in sight, and how far it is scrolled out. */
  anchor: { id: string; by: number } | null;
}

/**
 * Watches the scrolling of `box`, whose children with a `data-item` are the items of the span. Whoever is at the end stays
 * there as `growth` changes; everybody else keeps what they look at where it is.
 */
export function useWindow(ids: readonly string[], estimate: number, growth: readonly unknown[]): Windowed {
  const box = useRef<HTMLDivElement>(null);
  const heights = useRef(new Map<string, number>());
  const place = useRef<Place>({ isAtEnd: true, anchor: null });
  const [, draw] = useReducer<number, void>((count) => count + 1, 0);
  const offsets = offsetsOf(ids, heights.current, estimate);
  const span = spanNow(box.current, offsets, place.current);
  const shown = useRef({ ids, offsets, span, isAtEnd: true });
  shown.current = { ids, offsets, span, isAtEnd: place.current.isAtEnd };

  const settle = (): void => {
    const here = box.current;
    if (here === null) return;
    measure(here, heights.current);
    const { isAtEnd, anchor } = place.current;
    if (isAtEnd) here.scrollTop = here.scrollHeight;
    else if (anchor !== null) {
      const now = offsetsOf(shown.current.ids, heights.current, estimate);
      const top = (now[shown.current.ids.indexOf(anchor.id)] ?? NaN) + anchor.by;
      if (Math.abs(top - here.scrollTop) > 1) here.scrollTop = top;
    }
  };
  useLayoutEffect(settle, [ids, span.from, span.to, ...growth]);
  useEffect(() => {
    const here = box.current;
    if (here === null) return undefined;
    let width = here.clientWidth;
    const observer = new ResizeObserver(() => {
      if (here.clientWidth !== width) heights.current.clear();
      width = here.clientWidth;
      settle();
    });
    observer.observe(here);
    return () => observer.disconnect();
  }, []);

  const onScroll = (): void => {
    const here = box.current;
    if (here === null) return;
    place.current = placeOf(here, shown.current.ids, shown.current.offsets);
    const next = spanNow(here, shown.current.offsets, place.current);
    const { span: last, isAtEnd } = shown.current;
    if (next.from !== last.from || next.to !== last.to || isAtEnd !== place.current.isAtEnd) draw();
  };
  const toEnd = (): void => {
    place.current = { isAtEnd: true, anchor: null };
    settle();
    draw();
  };
  const total = offsets[ids.length] ?? 0;
  const [before, after] = [offsets[span.from] ?? 0, total - (offsets[span.to] ?? total)];
  return { box, ...span, before, after, isAtEnd: place.current.isAtEnd, onScroll, toEnd };
}

function spanNow(box: HTMLDivElement | null, offsets: Float64Array, { isAtEnd }: Place): Span {
  const height = box?.clientHeight ?? 800;
  const end = offsets[offsets.length - 1] ?? 0;
  return spanOf(offsets, isAtEnd ? end - height : (box?.scrollTop ?? 0), height, MARGIN_PX);
}

function placeOf(box: HTMLDivElement, ids: readonly string[], offsets: Float64Array): Place {
  const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
  const index = indexAt(offsets, box.scrollTop);
  const id = ids[index];
  return { isAtEnd, anchor: id === undefined ? null : { id, by: box.scrollTop - (offsets[index] ?? 0) } };
}

function measure(box: HTMLDivElement, heights: Map<string, number>): void {
  for (const item of box.children) {
    if (item instanceof HTMLElement && item.dataset["item"] !== undefined) heights.set(item.dataset["item"], item.offsetHeight);
  }
}
