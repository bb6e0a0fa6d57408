import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { Glyph } from "./glyph.tsx";
import { PresenceSwitch } from "./presence_switch.tsx";

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** Where one is, whether one takes chats, and the one place from which everything can be reached. */
export function TopBar(): JSX.Element {
  const { desk, say } = useDesk();
  const area = useLive((one) => one.place.area);
  return (
    <header class="top-bar">
      <span class="top-bar-name">{say(`area.${area}`)}</span>
      {desk.serves && <PresenceSwitch />}
      <span class="top-bar-rest" />
      <button type="button" class="jump" aria-keyshortcuts="Control+K Meta+K" onClick={() => desk.show({ dialog: "palette" })} data-testid="palette-open">
        <Glyph name="search" size={15} />
        <span>{say("palette.open")}</span>
        <kbd>{IS_MAC ? "⌘K" : "Ctrl K"}</kbd>
      </button>
    </header>
  );
}
