import { newKey, type OutgoingFile } from "@chatserver/shared";
import { choose, type Reason } from "@chatserver/shared/files/choose";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";

/** The files chosen for the next message. */
export interface Choice {
  readonly chosen: readonly OutgoingFile[];
  /** Why something was left out. */
  readonly reason: Reason | null;
  readonly add: (files: readonly File[]) => void;
  readonly remove: (file: OutgoingFile) => void;
  /** Gives them away to a message. */
  readonly take: () => readonly OutgoingFile[];
}

/** Files come by button, paste and drop; their bytes are kept on the device at once. */
export function useFiles(): Choice {
  const { desk } = useDesk();
  const [chosen, setChosen] = useState<readonly OutgoingFile[]>([]);
  const [reason, setReason] = useState<Reason | null>(null);
  const keep = async (files: readonly File[]): Promise<void> => {
    const kept = files.map((blob): [OutgoingFile, File] => [{ id: newKey(), name: blob.name, type: blob.type, size: blob.size }, blob]);
    await Promise.all(kept.map(([file, blob]) => desk.courier.keep(file, blob)));
    setChosen((before) => [...before, ...kept.map(([file]) => file)]);
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
      desk.courier.drop(file);
      setChosen(chosen.filter((one) => one.id !== file.id));
      setReason(null);
    },
    take: () => {
      setChosen([]);
      setReason(null);
      return chosen;
    },
  };
}
