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
  const text = lineOf(client, isLate, say);
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

function lineOf(client: ChatClient | null, isLate: boolean, say: Say): string | null {
  const link = client?.link;
  if (link?.name === "refused") {
    return link.code === "unauthenticated" ? say("status.refused") : say(`error.${link.code}`);
  }
  if (link?.name === "online" || !isLate) return null;
  return say(client?.session != null ? "link.offline" : "link.connecting");
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
