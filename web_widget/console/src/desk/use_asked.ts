import { useEffect, useState } from "preact/hooks";
import { useDesk } from "./context.ts";
import { HttpRefusal } from "../http.ts";

/** What stands at an address, asked anew when one of the marks changes; null while it is not known. */
export function useAsked<Answer>(path: string | null, ...marks: unknown[]): Answer | "failed" | null {
  const { desk } = useDesk();
  const [answer, setAnswer] = useState<Answer | "failed" | null>(null);
  useEffect(() => {
    if (path === null) return undefined;
    const abort = new AbortController();
    desk.api.get<Answer>(path, abort.signal).then(
      (found) => setAnswer(() => found),
      (failure: unknown) => {
        if (abort.signal.aborted) return;
        if (!(failure instanceof HttpRefusal)) throw failure;
        setAnswer((shown) => shown ?? "failed");
      },
    );
    return () => abort.abort();
  }, [desk, path, ...marks]);
  return answer;
}
