import { Refusal, type ErrorCode } from "@chatserver/shared";
import { useState } from "preact/hooks";

export interface Running {
  readonly isBusy: boolean;
  /** Why the last one was refused. */
  readonly error: ErrorCode | null;
  run(action: () => Promise<unknown>): void;
}

/** Runs commands that a button stands for: one at a time, and says why one was refused. */
export function useCommand(): Running {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorCode | null>(null);
  const run = (action: () => Promise<unknown>): void => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    action()
      .catch((reason: unknown) => {
        if (!(reason instanceof Refusal)) throw reason;
        setError(reason.code);
      })
      .finally(() => setBusy(false));
  };
  return { isBusy, error, run };
}
