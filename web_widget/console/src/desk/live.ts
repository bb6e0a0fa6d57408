/** How views follow the desk: each looks at one value, and is drawn again only when that value is another. */
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import { useDesk } from "./context.ts";
import type { Desk } from "./desk.ts";

type Same<Value> = (a: Value, b: Value) => boolean;

/** What `select` gives now; the component is drawn again when it gives something else. */
export function useLive<Value>(select: (desk: Desk) => Value, isSame: Same<Value> = Object.is): Value {
  const { desk } = useDesk();
  const found = select(desk);
  const shown = useRef({ select, value: found });
  const value = isSame(shown.current.value, found) ? shown.current.value : found;
  shown.current = { select, value };
  const [, draw] = useReducer<number, void>((count) => count + 1, 0);
  useLayoutEffect(() => {
    const look = (): void => {
      if (!isSame(shown.current.select(desk), shown.current.value)) draw();
    };
    look();
    return desk.frames.subscribe(look);
  }, [desk]);
  return value;
}

/** Lists with the same members in the same order. */
export function sameList<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => Object.is(item, b[index])));
}

/** The server's time, every second. */
export function useNow(): number {
  const { desk } = useDesk();
  const [, draw] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => desk.seconds.subscribe(() => draw()), [desk]);
  return desk.now;
}
