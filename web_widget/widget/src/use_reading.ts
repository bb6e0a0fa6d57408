import type { ChatClient, ConversationLog } from "@chatserver/shared";
import { useEffect } from "preact/hooks";

/** Tells the other side what was seen, when somebody can have seen it. */
export function useReading(client: ChatClient, log: ConversationLog | null, isOpen: boolean): void {
  const last = log?.view.last.public ?? 0;
  useEffect(() => {
    const read = (): void => {
      const isSeen = isOpen && document.visibilityState === "visible";
      if (log !== null && isSeen && client.link.name === "online") client.markRead(log.id);
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [client, log, isOpen, last, client.link.name]);
}
