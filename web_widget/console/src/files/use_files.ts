import { newKey, type OutgoingFile } from "@chatserver/shared";
import { choose, type Reason } from "@chatserver/shared/files/choose";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import type { TrayKind } from "./trays.ts";

/** The files chosen for what is being written. */
export interface Choice {
  readonly chosen: readonly OutgoingFile[];
  /** Why something was left out. */
  readonly reason: Reason | null;
  readonly add: (files: readonly File[]) => void;
  readonly remove: (file: OutgoingFile) => void;
}

/** Files come by button, paste and drop; their bytes are kept on the device at once. */
export function useFiles(conversation: string, kind: TrayKind): Choice {
  const { desk } = useDesk();
  const { trays, courier } = desk;
  const chosen = useLive((one) => one.trays.of(conversation, kind));
  const [reason, setReason] = useState<Reason | null>(null);
  const keep = async (files: readonly File[]): Promise<void> => {
    const kept = files.map((blob): [OutgoingFile, File] => [{ id: newKey(), name: blob.name, type: blob.type, size: blob.size }, blob]);
    await Promise.all(kept.map(([file, blob]) => courier.keep(file, blob)));
    trays.add(
      conversation,
      kind,
      kept.map(([file]) => file),
    );
  };
  return {
    chosen,
    reason,
    add: (files) => {
      const { taken, reason: wrong } = choose(files, chosen.length);
      setReason(wrong);
      void keep(taken);
    },
    remove: (file) => {
      trays.drop(conversation, kind, file);
      setReason(null);
    },
  };
}
