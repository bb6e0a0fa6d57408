import type { ChatClient } from "@chatserver/shared";
import { Skeleton } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Header } from "./header.tsx";
import { Home } from "./home.tsx";
import { Chat, expectChat, Menu } from "./parts.ts";
import { placeOf } from "./place.ts";
import type { Session } from "./session.ts";
import { Status } from "./status.tsx";
import { inOwnWords, useSpeaker, type Say } from "./texts/index.ts";
import type { Availability, OwnText, Topic } from "./topics.ts";
import { useAsked } from "./use_asked.ts";

/** Hours begin and end, queues grow: asked again this often while somebody looks. */
const AVAILABILITY_MS = 60_000;

/** The widget, whoever it talks for. */
export function App({ session }: { session: Session }): JSX.Element {
  const [, draw] = useState(0);
  useEffect(() => session.subscribe(() => draw((count) => count + 1)), [session]);
  const speaker = useSpeaker(session.locale);
  const own = useAsked<{ items: OwnText[] }>("texts", session.isOpen);
  const say = useMemo(() => speaker && inOwnWords(speaker, own?.items ?? []), [speaker, own]);
  useEffect(() => {
    if (say !== null) document.title = say("title");
  }, [say]);
  useEscape(session);
  const { client } = session;
  if (say === null) return <div class="w-app" aria-busy="true" />;
  const closeMenu = (): void => session.showMenu(null);
  return (
    <>
      {client?.session == null ? (
        <Greeting session={session} client={client} say={say} />
      ) : (
        <Talk key={client.keepsake.scope} session={session} client={client} say={say} />
      )}
      {session.menu !== null && (
        <Menu session={session} say={say} onClose={closeMenu}>
          {session.menu(closeMenu, say)}
        </Menu>
      )}
    </>
  );
}

/** Counts the conversations on screen: one that gets its id stays the same, so that nobody is interrupted in writing. */
function useTurn(here: string | null): number {
  const shown = useRef({ here, turn: 0 });
  if (shown.current.here !== here) shown.current = { here, turn: shown.current.turn + (shown.current.here === null ? 0 : 1) };
  return shown.current.turn;
}

/** Escape puts the widget away, unless something inside had a use for it. */
function useEscape(session: Session): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) {
        session.host.tell({ type: "close_wanted" });
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [session]);
}

/** Before anything is known: who is it, and is there a conversation already? */
function Greeting(props: { session: Session; client: ChatClient | null; say: Say }): JSX.Element {
  const { session, client, say } = props;
  return (
    <div class="w-app">
      <Header session={session} say={say} title={say("title")} />
      <Status client={client} say={say} />
      <main class="w-home" aria-busy="true">
        {client?.link.name !== "refused" && <Skeleton lines={6} />}
      </main>
    </div>
  );
}

function Talk({ session, client, say }: { session: Session; client: ChatClient; say: Say }): JSX.Element {
  const [chosen, choose] = useState<string | null>(null);
  const topics = useAsked<{ topics: Topic[] }>("topics", session.isOpen)?.topics ?? [];
  const availability = useAsked<Availability>("availability", session.isOpen, AVAILABILITY_MS);
  const isOpening = client.outgoing(null).length > 0;
  const place = placeOf({ conversations: client.conversations, isOpening, chosen });
  const here = place.name === "chat" ? place.log.id : null;
  const turn = useTurn(here);
  useEffect(expectChat, []);
  // An open conversation stays on screen when it ends, until the person goes on.
  useEffect(() => {
    if (here !== null && chosen === null) choose(here);
  }, [here, chosen]);

  if (place.name === "home") {
    return <Home session={session} client={client} say={say} topics={topics} availability={availability} onChoose={choose} />;
  }
  const log = place.name === "chat" ? place.log : null;
  return (
    <Chat
      key={turn}
      session={session}
      client={client}
      say={say}
      log={log}
      topics={topics}
      availability={availability}
      onLeave={() => choose(null)}
    />
  );
}
