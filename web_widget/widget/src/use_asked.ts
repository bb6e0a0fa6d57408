import { useEffect, useState } from "preact/hooks";

/**
 * What the desk tells everybody, asked for when somebody looks, and again every `everyMs` while they do; null until it
 * is known, which must keep nobody from being helped.
 */
export function useAsked<Result>(what: string, isOpen: boolean, everyMs?: number): Result | null {
  const [found, setFound] = useState<Result | null>(null);
  useEffect(() => {
    if (!isOpen) return;
    const ask = async (): Promise<void> => {
      const answer = await fetch(`/api/v1/${what}`);
      if (answer.ok) setFound((await answer.json()) as Result);
    };
    const quietly = (): void => void ask().catch(() => undefined);
    quietly();
    const timer = everyMs && setInterval(quietly, everyMs);
    return () => clearInterval(timer);
  }, [isOpen]);
  return found;
}
