import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import { fitting, wantedIn, type Reply } from "./filled.ts";

export interface Replies {
  /** Those to choose from; null while nobody asks for any. */
  readonly shown: readonly Reply[] | null;
  readonly at: number;
  /** Whether the key was for the menu. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** The canned replies of a conversation while a text begins with `/`. */
export function useReplies(conversation: string, text: string, choose: (reply: Reply) => void, dismiss: () => void): Replies {
  const { desk } = useDesk();
  const wanted = wantedIn(text);
  const [all, setAll] = useState<readonly Reply[]>([]);
  const [at, setAt] = useState(0);
  const isAsked = wanted !== null;
  useEffect(() => {
    if (!isAsked) return undefined;
    const abort = new AbortController();
    desk.api.get<{ replies: Reply[] }>(`conversations/${conversation}/replies`, abort.signal).then(
      ({ replies }) => setAll(replies),
      (failure: unknown) => {
        // Without a shelf the slash is only a slash.
        if (!abort.signal.aborted && !(failure instanceof HttpRefusal)) throw failure;
      },
    );
    return () => abort.abort();
  }, [desk, conversation, isAsked]);
  useEffect(() => setAt(0), [wanted]);
  const shown = wanted === null ? null : fitting(all, wanted);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (shown === null || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const reply = shown[at];
    if (step !== undefined && shown.length > 0) setAt((at + step + shown.length) % shown.length);
    else if ((event.key === "Enter" || event.key === "Tab") && reply !== undefined) choose(reply);
    else if (event.key === "Escape") dismiss();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { shown, at, onKeyDown };
}
