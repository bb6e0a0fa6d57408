import type { Finding } from "@chatserver/shared/shield";
import { useEffect, useRef, useState } from "preact/hooks";

type Shield = typeof import("@chatserver/shared/shield");

/** Loaded when somebody begins to write: the word lists weigh more than the first screen. */
let loading: Promise<Shield | null> | null = null;
const load = (): Promise<Shield | null> =>
  (loading ??= import("@chatserver/shared/shield").catch(() => {
    loading = null;
    return null;
  }));

export interface Shielded {
  /** What was found in the message that is about to be sent; it is not sent while there is something. */
  readonly findings: readonly Finding[] | null;
  /** What a draft may show of itself to an agent: nothing that holds a secret. */
  readonly shown: (text: string) => string | undefined;
  /** Sends a message unless it holds a secret; then it waits for a decision. */
  readonly send: (text: string) => void;
  readonly remove: () => void;
  readonly insist: () => void;
}

/** What is left of a text that somebody wrote on after they had sent these. */
export function after(texts: readonly string[], draft: string): string {
  return texts.reduce((left, text) => (left.startsWith(text) ? left.slice(text.length).trimStart() : left), draft);
}

/**
 * Looks at a message before it leaves the device. Where the finder cannot be loaded the message goes: the server takes
 * secrets out of everything anyway. While it is on its way messages wait, and what is written meanwhile stays in the box.
 */
export function useShield(draft: string, setDraft: (text: string) => void, send: (text: string) => void): Shielded {
  const [held, setHeld] = useState<{ text: string; findings: readonly Finding[] } | null>(null);
  const shield = useRef<Shield | null>(null);
  const waiting = useRef<readonly string[]>([]);
  // A message that has waited goes where messages go by then.
  const now = useRef({ draft, setDraft, send });
  now.current = { draft, setDraft, send };
  const isWriting = draft !== "";
  useEffect(() => {
    if (isWriting) void load().then((found) => (shield.current = found));
  }, [isWriting]);
  const pending = held !== null && held.text === draft ? held : null;
  const pass = (text: string): void => {
    setHeld(null);
    now.current.send(text);
    now.current.setDraft("");
  };
  const look = (texts: readonly string[], found: Shield | null): void => {
    const holds = (text: string): boolean => (found?.check(text).length ?? 0) > 0;
    const left = after(texts, now.current.draft);
    const first = texts.findIndex(holds);
    for (const text of first < 0 ? texts : texts.slice(0, first)) pass(text);
    if (first >= 0 && found !== null) {
      const text = [...texts.slice(first), left].filter((one) => one !== "").join("\n");
      setHeld({ text, findings: found.check(text) });
      now.current.setDraft(text);
    } else if (left !== "") now.current.setDraft(left);
  };
  return {
    findings: pending?.findings ?? null,
    shown: (text) => (shield.current === null || shield.current.check(text).length > 0 ? undefined : text),
    send: (text) => {
      const isFirst = waiting.current.length === 0;
      if (isFirst && text.trim() === "") return pass(text);
      if (isFirst && shield.current !== null) return look([text], shield.current);
      const more = after(waiting.current, text);
      if (more === "") return; // sent already
      waiting.current = [...waiting.current, more];
      if (!isFirst) return;
      void load().then((found) => {
        const texts = waiting.current;
        waiting.current = [];
        look(texts, (shield.current = found));
      });
    },
    remove: () => {
      if (pending !== null && shield.current !== null) pass(shield.current.without(pending.text, pending.findings));
    },
    insist: () => pending !== null && pass(pending.text),
  };
}
