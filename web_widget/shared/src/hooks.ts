import { useEffect, useState } from "preact/hooks";
import type { ChatClient } from "./client.ts";

/** Draws the component again whenever something changed in the client; returns the client's version. */
export function useClient(client: ChatClient): number {
  const [version, setVersion] = useState(client.version);
  useEffect(() => {
    const follow = (): void => setVersion(client.version);
    follow();
    return client.subscribe(follow);
  }, [client]);
  return version;
}
