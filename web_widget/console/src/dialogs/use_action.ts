import type { ErrorCode } from "@chatserver/shared";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import type { Action } from "../desk/acts.ts";

interface Doing {
  isBusy: boolean;
  failure: ErrorCode | null;
  act: (action: Action, work: () => Promise<unknown>, onDone?: () => void) => void;
}

/** Does one thing from a dialog: while it runs nothing else can be done, and a refusal is told in the dialog. */
export function useAction(conversation: string): Doing {
  const { desk } = useDesk();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorCode | null>(null);
  const run = async (action: Action, work: () => Promise<unknown>, onDone?: () => void): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      const refused = await desk.acts.do(conversation, action, work, true);
      if (refused === null) onDone?.();
      setFailure(refused);
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, failure, act: (action, work, onDone) => void run(action, work, onDone) };
}
