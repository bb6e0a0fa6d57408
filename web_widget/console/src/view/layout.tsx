import type { Locale } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useShortcuts } from "../desk/use_shortcuts.ts";
import { Dialogs } from "../dialogs/dialogs.tsx";
import { Chat } from "./chat.tsx";
import { Details } from "./details.tsx";
import { Lists } from "./lists.tsx";
import { TopBar } from "./top_bar.tsx";

export interface LayoutProps {
  onLocale: (locale: Locale) => void;
  onSignOut: () => void;
}

/** The desk: lists, the conversation, and what is known about it. */
export function Layout({ onLocale, onSignOut }: LayoutProps): JSX.Element {
  const { desk, say } = useDesk();
  useShortcuts(desk);
  useEffect(() => desk.signals.entitle(say("app.name")), [desk, say.locale]);
  const { selected, showsDetails } = desk;
  const hasDetails = selected !== null && showsDetails;
  return (
    <div class={`desk${selected === null ? "" : " desk-open"}${hasDetails ? " desk-detailed" : ""}`}>
      <TopBar onLocale={onLocale} onSignOut={onSignOut} />
      <LinkBanner onSignOut={onSignOut} />
      <Lists />
      {selected === null ? <NothingChosen /> : <Chat key={selected} id={selected} />}
      {hasDetails && <Details key={`about ${selected}`} id={selected} />}
      <Dialogs />
    </div>
  );
}

function NothingChosen(): JSX.Element {
  const { desk, say } = useDesk();
  const isIdle = desk.presence.status === "offline" && !desk.isAuditor && desk.client.link.name === "online";
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

/** Says that the link is down, once it has been for a moment; a blink is not worth a word. */
function LinkBanner({ onSignOut }: { onSignOut: () => void }): JSX.Element | null {
  const { desk, say } = useDesk();
  const { link, session } = desk.client;
  if (link.name === "refused") {
    const isOutdated = link.code === "upgrade_required";
    return (
      <div class="banner banner-danger" role="alert" data-testid="link-banner">
        {say(isOutdated ? "link.outdated" : "link.refused")}
        <Button isSmall onClick={() => (isOutdated ? location.reload() : onSignOut())}>
          {say(isOutdated ? "link.reload" : "sign_in.title")}
        </Button>
      </div>
    );
  }
  if (link.name === "online" || link.name === "idle") return null;
  return (
    <div class="banner" role="status" data-testid="link-banner">
      {say(session === null ? "link.connecting_first" : "link.reconnecting")}
    </div>
  );
}
