import type { Locale } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { Glyph } from "./glyph.tsx";
import { Languages } from "./languages.tsx";
import { PresenceSwitch } from "./presence_switch.tsx";

export interface TopBarProps {
  onLocale: (locale: Locale) => void;
  onSignOut: () => void;
}

/** Who one is, whether one takes chats, and the few settings. */
export function TopBar({ onLocale, onSignOut }: TopBarProps): JSX.Element {
  const { desk, say } = useDesk();
  const { hasSound } = desk.signals;
  const { name, tier, role } = desk.me;
  return (
    <header class="top-bar">
      <span class="top-bar-name">{say("app.name")}</span>
      {!desk.isAuditor && <PresenceSwitch />}
      <span class="top-bar-rest" />
      <button
        type="button"
        class="glyph-button"
        aria-pressed={hasSound}
        title={say(hasSound ? "sound.on" : "sound.off")}
        aria-label={say(hasSound ? "sound.on" : "sound.off")}
        onClick={() => desk.signals.setSound(!hasSound)}
        data-testid="sound"
      >
        <Glyph name={hasSound ? "sound" : "mute"} />
      </button>
      <button
        type="button"
        class="glyph-button"
        title={say("keys.title")}
        aria-label={say("keys.title")}
        onClick={() => desk.show({ dialog: "keys" })}
        data-testid="shortcuts-open"
      >
        <Glyph name="keys" />
      </button>
      <Languages say={say} onLocale={onLocale} />
      <span class="top-bar-me" data-testid="me">
        <bdi>{name}</bdi>
        <small>{say(role === "agent" ? (tier === 2 ? "tier_name.2" : "tier_name.1") : `role.${role}`)}</small>
      </span>
      <Button kind="bare" isSmall onClick={onSignOut} testId="sign-out">
        {say("sign_out")}
      </Button>
    </header>
  );
}
