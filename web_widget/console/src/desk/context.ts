import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Say } from "../texts/index.ts";
import type { Desk } from "./desk.ts";

interface Here {
  readonly desk: Desk;
  readonly say: Say;
}

export const DeskContext = createContext<Here | null>(null);

/** The desk and the words. Nothing is drawn again by itself: what may change is looked at through `useLive`. */
export function useDesk(): Here {
  const here = useContext(DeskContext);
  if (here === null) throw new Error("useDesk outside of a desk");
  return here;
}
