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

/**
 * Looks at a message before it leaves the device. Where the finder cannot be loaded the message goes: the server takes
 * secrets out of everything anyway.
 */
export function useShield(draft: string, send: (text: string) => void): Shielded {
  const [held, setHeld] = useState<{ text: string; findings: readonly Finding[] } | null>(null);
  const shield = useRef<Shield | null>(null);
  const isWriting = draft !== "";
  useEffect(() => {
    if (isWriting) void load().then((found) => (shield.current = found));
  }, [isWriting]);
  const pending = held !== null && held.text === draft ? held : null;
  const pass = (text: string): void => {
    setHeld(null);
    send(text);
  };
  const look = (text: string, found: Shield | null): void => {
    const findings = found?.check(text) ?? [];
    if (findings.length === 0) return pass(text);
    setHeld({ text, findings });
  };
  return {
    findings: pending?.findings ?? null,
    shown: (text) => (shield.current === null || shield.current.check(text).length > 0 ? undefined : text),
    send: (text) => {
      if (text.trim() === "") return pass(text);
      if (shield.current !== null) return look(text, shield.current);
      void load().then((found) => look(text, (shield.current = found)));
    },
    remove: () => {
      if (pending !== null && shield.current !== null) pass(shield.current.without(pending.text, pending.findings));
    },
    insist: () => pending !== null && pass(pending.text),
  };
}
