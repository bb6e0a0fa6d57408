import type { Finding, Sifted } from "@chatserver/shared/shield";
import { useRef, useState } from "preact/hooks";

type Shield = typeof import("@chatserver/shared/shield");

let known: Shield | null = null;
let loading: Promise<Shield | null> | null = null;

/** Loaded when somebody begins to write: the word lists weigh more than the first screen. */
const load = (): Promise<Shield | null> =>
  (loading ??= import("@chatserver/shared/shield").then(
    (found) => (known = found),
    () => (loading = null),
  ));

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

/**
 * Looks at a message before it leaves the device. Where the finder cannot be loaded the message goes: the server takes
 * secrets out of everything anyway. While it is on its way messages wait, and what is written meanwhile stays in the box.
 */
export function useShield(draft: string, setDraft: (text: string) => void, send: (text: string) => void): Shielded {
  const [held, setHeld] = useState<Sifted | null>(null);
  const waiting = useRef<string[]>([]);
  // A message that has waited, and what was written meanwhile, belong where they do by then.
  const now = useRef({ draft, setDraft, send });
  now.current = { draft, setDraft, send };
  if (draft !== "") void load();
  const findings = held?.findings.length && held.rest === draft ? held.findings : null;
  const pass = (text: string): void => {
    send(text);
    setDraft("");
  };
  const look = (found: Shield | null): void => {
    const texts = waiting.current.splice(0);
    const box = now.current.draft;
    const sifted = found?.sift(texts, box) ?? { free: texts, rest: texts.includes(box) ? "" : box, findings: [] };
    for (const text of sifted.free) now.current.send(text);
    setHeld(sifted);
    now.current.setDraft(sifted.rest);
  };
  return {
    findings,
    shown: (text) => (known === null || known.check(text).length > 0 ? undefined : text),
    send: (text) => {
      if (text.trim() === "") pass(text);
      else if (waiting.current.push(text) === 1) void load().then(look);
    },
    remove: () => {
      if (findings !== null && known !== null) pass(known.without(draft, findings));
    },
    insist: () => pass(draft),
  };
}
