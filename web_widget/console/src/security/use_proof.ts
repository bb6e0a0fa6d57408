import { useState } from "preact/hooks";
import { HttpRefusal } from "../http.ts";

const STEP_UP = "step_up.";

/** What waits for a fresh proof: the action's name, and what is done again afterwards. */
export interface Unproved {
  readonly action: string;
  readonly again: () => void;
}

export interface Proving {
  readonly unproved: Unproved | null;
  readonly failure: HttpRefusal | null;
  readonly isBusy: boolean;
  /** Do something that may want a fresh proof first. */
  readonly guarded: (work: () => Promise<unknown>) => void;
  readonly forget: () => void;
}

/** Runs what may be refused until one has proved again that it is oneself; one thing at a time. */
export function useProof(): Proving {
  const [unproved, setUnproved] = useState<Unproved | null>(null);
  const [failure, setFailure] = useState<HttpRefusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
      setUnproved(null);
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      const field = error.error.field ?? "";
      if (field.startsWith(STEP_UP)) setUnproved({ action: field.slice(STEP_UP.length), again: () => void run(work) });
      else setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return { unproved, failure, isBusy, guarded: (work) => void run(work), forget: () => setUnproved(null) };
}
