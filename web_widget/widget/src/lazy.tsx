import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { whole } from "./texts/index.ts";

/** A pause before asking for a part again, when the network swallowed it. */
const AGAIN_MS = 2_000;

/**
 * A part of the widget that is loaded when it is first shown. Nothing stands in its place meanwhile: it
 * takes a fraction of a second, and a flash of something else would disturb more.
 */
export function lazily<Name extends string, Parts extends Readonly<Record<Name, (props: never) => unknown>>>(
  load: () => Promise<Parts>,
  name: Name,
  words = whole,
): (props: Parameters<Parts[Name]>[0]) => JSX.Element | null {
  let known: ComponentType<object> | null = null;
  return function Lazy(props: object) {
    const [, draw] = useState(0);
    useEffect(() => {
      if (known !== null) return;
      let isWanted = true;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const ask = (): void => {
        Promise.all([load(), words]).then(
          ([found]) => {
            known = found[name] as unknown as ComponentType<object>;
            if (isWanted) draw(1);
          },
          () => (timer = setTimeout(ask, AGAIN_MS)),
        );
      };
      ask();
      return () => {
        isWanted = false;
        clearTimeout(timer);
      };
    }, []);
    const Part = known;
    return Part === null ? null : <Part {...props} />;
  };
}
