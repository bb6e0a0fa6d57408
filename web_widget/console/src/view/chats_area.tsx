import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { Chat } from "./chat.tsx";
import { Details } from "../panel/details.tsx";
import { Lists } from "./lists.tsx";

/** The lists, the conversation, and what is known about it. */
export function ChatsArea(): JSX.Element {
  const selected = useLive((one) => one.selected);
  const showsDetails = useLive((one) => one.showsDetails);
  return (
    <>
      <Lists />
      {selected === null ? <NothingChosen /> : <Chat key={selected} id={selected} />}
      {selected !== null && showsDetails && <Details key={`about ${selected}`} id={selected} />}
    </>
  );
}

function NothingChosen(): JSX.Element {
  const { desk, say } = useDesk();
  const isIdle = useLive((one) => one.serves && one.presence.status === "offline" && one.client.link.name === "online");
  return (
    <main class="chat chat-none">
      <p class="chat-none-lead">{say(isIdle ? "presence.offline_hint" : "chat.pick")}</p>
      {isIdle ? (
        <Button kind="primary" onClick={() => void desk.presence.set("available")} testId="go-available">
          {say("presence.go_available")}
        </Button>
      ) : (
        <p>{say("chat.pick_keys")}</p>
      )}
    </main>
  );
}
