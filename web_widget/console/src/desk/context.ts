import { useClient } from "@chatserver/shared";
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Say } from "../texts/index.ts";
import type { Desk } from "./desk.ts";

interface Here {
  readonly desk: Desk;
  readonly say: Say;
}

export const DeskContext = createContext<Here | null>(null);

/** The desk and the words; the component is drawn again when anything at the desk changes. */
export function useDesk(): Here {
  const here = useContext(DeskContext);
  if (here === null) throw new Error("useDesk outside of a desk");
  useClient(here.desk.client);
  return here;
}

/** The server's time, every second. */
export function useNow(): number {
  const { desk } = useDesk();
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return desk.now;
}
