import type { Locale } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { useShortcuts } from "../desk/use_shortcuts.ts";
import { Dialogs } from "../dialogs/dialogs.tsx";
import { AreaView } from "./areas.tsx";
import { Rail } from "./rail.tsx";
import { TopBar } from "./top_bar.tsx";

export interface LayoutProps {
  onLocale: (locale: Locale) => void;
  onSignOut: () => void;
}

/** The console around its areas. */
export function Layout({ onLocale, onSignOut }: LayoutProps): JSX.Element {
  const { desk, say } = useDesk();
  useShortcuts(desk);
  useEffect(() => desk.signals.speak(say), [desk, say]);
  const area = useLive((one) => one.place.area);
  const isOpen = useLive((one) => one.selected !== null);
  const hasDetails = useLive((one) => one.selected !== null && one.showsDetails);
  return (
    <div class={`desk desk-${area}${isOpen ? " desk-open" : ""}${hasDetails ? " desk-detailed" : ""}`}>
      <Rail onSignOut={onSignOut} />
      <TopBar />
      <LinkBanner onSignOut={onSignOut} />
      <AreaView area={area} />
      <Dialogs onLocale={onLocale} onSignOut={onSignOut} />
    </div>
  );
}

/** Says that the link is down, once it has been for a moment; a blink is not worth a word. */
function LinkBanner({ onSignOut }: { onSignOut: () => void }): JSX.Element | null {
  const { say } = useDesk();
  const link = useLive((one) => one.client.link);
  const isFirst = useLive((one) => one.client.session === null);
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
      {say(isFirst ? "link.connecting_first" : "link.reconnecting")}
    </div>
  );
}
