import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import type { Kind, Shelved } from "./types.ts";

export interface Shelf<Item> {
  /** Null while they are not known, `failed` when they could not be had. */
  readonly items: readonly Shelved<Item>[] | "failed" | null;
  readonly isBusy: boolean;
  /** Why the last change was refused. */
  readonly refused: HttpRefusal | null;
  /** Puts an item under its id; true when it was taken. */
  readonly put: (id: string, item: Item) => Promise<boolean>;
  readonly remove: (id: string) => Promise<boolean>;
  readonly forgive: () => void;
}

/** The items of one kind, and how to change them. */
export function useShelf<Item>(kind: Kind): Shelf<Item> {
  const { desk } = useDesk();
  const [items, setItems] = useState<readonly Shelved<Item>[] | "failed" | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<HttpRefusal | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    setItems(null);
    desk.api.get<{ items: Shelved<Item>[] }>(`admin/${kind}`, abort.signal).then(
      (found) => setItems(found.items),
      (failure: unknown) => {
        if (abort.signal.aborted) return;
        if (!(failure instanceof HttpRefusal)) throw failure;
        setItems("failed");
      },
    );
    return () => abort.abort();
  }, [desk, kind]);
  const change = async (work: () => Promise<(known: readonly Shelved<Item>[]) => readonly Shelved<Item>[]>): Promise<boolean> => {
    setBusy(true);
    setRefused(null);
    try {
      const after = await work();
      setItems((known) => (Array.isArray(known) ? after(known) : known));
      return true;
    } catch (failure) {
      if (!(failure instanceof HttpRefusal)) throw failure;
      setRefused(failure);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const path = (id: string): string => `admin/${kind}/${encodeURIComponent(id)}`;
  return {
    items,
    isBusy,
    refused,
    put: (id, item) =>
      change(async () => {
        const kept = await desk.api.send<Shelved<Item>>("PUT", path(id), item);
        return (known) => (known.some((one) => one.id === id) ? known.map((one) => (one.id === id ? kept : one)) : [...known, kept]);
      }),
    remove: (id) =>
      change(async () => {
        await desk.api.send("DELETE", path(id));
        return (known) => known.filter((one) => one.id !== id);
      }),
    forgive: () => setRefused(null),
  };
}
