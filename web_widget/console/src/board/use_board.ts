import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import type { Board as BoardNow } from "@chatserver/shared";

/** The server tells what changes; this is only for what got lost on the way. */
const EVERY_MS = 15_000;

/** The board as it stands now; null while it is not known yet. */
export function useBoard(): { board: BoardNow | null; hasFailed: boolean } {
  const { desk } = useDesk();
  const [board, setBoard] = useState<BoardNow | null>(null);
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    const take = (told: BoardNow): void => {
      setBoard((shown) => (shown === null || told.at >= shown.at ? told : shown));
      setFailed(false);
    };
    const look = (): void => {
      desk.api.get<BoardNow>("board", abort.signal).then(take, (failure: unknown) => {
        if (abort.signal.aborted) return;
        if (!(failure instanceof HttpRefusal)) throw failure;
        setFailed(true);
      });
    };
    look();
    const timer = setInterval(look, EVERY_MS);
    const stop = desk.client.on("board", take);
    return () => {
      abort.abort();
      clearInterval(timer);
      stop();
    };
  }, [desk]);
  return { board, hasFailed };
}
