import type { ChatClient } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Say } from "./texts/index.ts";

/** A link that returns sooner is not worth a word. */
const QUIET_MS = 1_500;

/** One calm line about the connection; nothing while all is well. */
export function Status({ client, say }: { client: ChatClient | null; say: Say }): JSX.Element {
  const name = client?.link.name ?? "connecting";
  const isLate = useIsLate(name !== "online");
  const text = lineOf(name, client?.session != null, isLate, say);
  return (
    <div class="w-status" role="status" data-testid="status-line" data-state={name} hidden={text === null}>
      {text}
      {name === "refused" && (
        <Button kind="bare" isSmall onClick={() => client?.start()}>
          {say("status.again")}
        </Button>
      )}
    </div>
  );
}

function lineOf(name: string, wasOnline: boolean, isLate: boolean, say: Say): string | null {
  if (name === "refused") return say("status.refused");
  if (name === "online" || !isLate) return null;
  return say(wasOnline ? "link.offline" : "link.connecting");
}

function useIsLate(isWaiting: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isWaiting) return setLate(false);
    const timer = setTimeout(() => setLate(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, [isWaiting]);
  return isLate;
}
