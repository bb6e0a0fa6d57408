import type { AuditEntry, AuditPage } from "@chatserver/shared";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";

/** What is looked for; empty fields fit everything, days are of this device. */
export interface Filter {
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly outcome: string;
  readonly from: string;
  readonly until: string;
}

export const NO_FILTER: Filter = { actor: "", action: "", object: "", outcome: "", from: "", until: "" };

/** Long enough for the next letter. */
const PAUSE_MS = 300;
const DAY_MS = 86_400_000;

interface Rows {
  readonly entries: readonly AuditEntry[];
  readonly next: number | null;
  readonly state: "busy" | "done" | "failed";
}

/** The rows that fit, the newest first, page by page. */
export function useAudit(filter: Filter): Rows & { more: () => void } {
  const { desk } = useDesk();
  const [rows, setRows] = useState<Rows>({ entries: [], next: null, state: "busy" });
  const ask = async (before: readonly AuditEntry[], cursor: number | null, signal?: AbortSignal): Promise<void> => {
    try {
      const { entries, next } = await desk.api.get<AuditPage>(`audit?${queryOf(filter, cursor)}`, signal);
      setRows({ entries: [...before, ...entries], next: next ?? null, state: "done" });
    } catch (failure) {
      if (signal?.aborted) return;
      if (!(failure instanceof HttpRefusal)) throw failure;
      setRows({ entries: before, next: cursor, state: "failed" });
    }
  };
  useEffect(() => {
    const abort = new AbortController();
    setRows((shown) => ({ ...shown, state: "busy" }));
    const timer = setTimeout(() => void ask([], null, abort.signal), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [desk, filter]);
  return { ...rows, more: () => void ask(rows.entries, rows.next) };
}

function queryOf({ from, until, ...words }: Filter, cursor: number | null): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(words)) if (value.trim() !== "") query.set(name, value.trim());
  if (from !== "") query.set("since", String(new Date(`${from}T00:00`).getTime()));
  if (until !== "") query.set("until", String(new Date(`${until}T00:00`).getTime() + DAY_MS - 1));
  if (cursor !== null) query.set("cursor", String(cursor));
  return query;
}
