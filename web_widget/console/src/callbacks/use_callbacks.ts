import { Refusal, type Callback, type CallbackList, type CallbackQuery, type FinishCallback } from "@chatserver/shared";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import { failureText } from "../view/notice_bar.tsx";

export const OUTCOMES = ["reached", "no_answer", "wrong_number"] as const satisfies readonly FinishCallback["outcome"][];

export interface Callbacks {
  readonly open: readonly Callback[];
  /** The one this agent calls now. */
  readonly mine: readonly Callback[];
  readonly refused: string | null;
  readonly claim: (one: Callback) => void;
  readonly release: (one: Callback) => void;
  readonly finish: (one: Callback, result: Omit<FinishCallback, "callback">, onDone: () => void) => void;
}

/** Who waits for a call; read anew when anybody claims or finishes one. */
export function useCallbacks(): Callbacks {
  const { desk, say } = useDesk();
  const [open, setOpen] = useState<readonly Callback[]>([]);
  const [mine, setMine] = useState<readonly Callback[]>([]);
  const [refused, setRefused] = useState<string | null>(null);
  const [round, again] = useState(0);
  useEffect(() => desk.client.on("callback", () => again((count) => count + 1)), [desk]);
  useEffect(() => {
    const abort = new AbortController();
    const list = async (status: NonNullable<CallbackQuery["status"]>): Promise<Callback[]> =>
      (await desk.api.get<CallbackList>(`callbacks?status=${status}`, abort.signal)).callbacks;
    Promise.all([list("open"), list("claimed")]).then(
      ([waiting, claimed]) => {
        setOpen(waiting);
        const own = claimed.filter(({ agent }) => agent?.id === desk.me.id);
        setMine((known) => own.map((one) => ({ ...known.find(({ id }) => id === one.id), ...one })));
      },
      (failure: unknown) => {
        if (!abort.signal.aborted && !(failure instanceof HttpRefusal)) throw failure;
      },
    );
    return () => abort.abort();
  }, [desk, round]);
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    setRefused(null);
    try {
      await work();
    } catch (failure) {
      if (!(failure instanceof Refusal)) throw failure;
      setRefused(failureText(failure.code, say));
    }
    again((count) => count + 1);
  };
  const claimed = async ({ id }: Callback): Promise<void> => {
    const { callback } = await desk.client.command("claim_callback", { callback: id });
    setMine((known) => [...known.filter((one) => one.id !== id), callback]);
  };
  return {
    open,
    mine,
    refused,
    claim: (one) => void act(() => claimed(one)),
    release: ({ id }) => void act(() => desk.client.command("release_callback", { callback: id })),
    finish: ({ id }, result, onDone) =>
      void act(async () => {
        await desk.client.command("finish_callback", { callback: id, ...result });
        onDone();
      }),
  };
}
