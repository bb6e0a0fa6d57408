import type { FilledReply } from "@chatserver/shared";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { fitting, wantedIn } from "./filled.ts";

export interface Replies {
  /** Those to choose from; null while nobody asks for any. */
  readonly shown: readonly FilledReply[] | null;
  readonly at: number;
  /** Whether the key was for the menu. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** The canned replies of a conversation while a text begins with `/`; Escape leaves the slash a slash. */
export function useReplies(conversation: string, text: string, choose: (reply: FilledReply) => void): Replies {
  const { desk } = useDesk();
  const wanted = wantedIn(text);
  const all = useLive((one) => one.shelf.of(conversation));
  const [at, setAt] = useState(0);
  const [isDismissed, dismiss] = useState(false);
  const isAsked = wanted !== null;
  useEffect(() => {
    dismiss(false);
    // Without a shelf the slash is only a slash.
    if (isAsked) desk.quietly(desk.shelf.load(conversation));
  }, [desk, conversation, isAsked]);
  useEffect(() => setAt(0), [wanted]);
  const shown = wanted === null || isDismissed ? null : fitting(all, wanted);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (shown === null || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const reply = shown[at];
    if (step !== undefined && shown.length > 0) setAt((at + step + shown.length) % shown.length);
    else if ((event.key === "Enter" || event.key === "Tab") && reply !== undefined) choose(reply);
    else if (event.key === "Escape") dismiss(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { shown, at, onKeyDown };
}
