import { Avatar } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { areasOf, type Area } from "../desk/place.ts";
import { GlyphButton } from "./glyph_button.tsx";
import { Glyph } from "./glyph.tsx";

/** The edge of the console: its areas, and below them what belongs to the person who sits there. */
export function Rail({ onSignOut }: { onSignOut: () => void }): JSX.Element {
  const { desk, say } = useDesk();
  const { name, tier, role } = desk.me;
  const part = role === "agent" ? say(tier === 2 ? "tier_name.2" : "tier_name.1") : say(`role.${role}`);
  return (
    <nav class="rail" aria-label={say("rail.label")}>
      <div class="rail-areas">
        {areasOf(role).map((area) => (
          <AreaButton key={area} area={area} />
        ))}
      </div>
      <div class="rail-own">
        <GlyphButton
          name="keys"
          label={say("keys.title")}
          shortcut="?"
          onClick={() => desk.show({ dialog: "keys" })}
          testId="shortcuts-open"
        />
        <GlyphButton name="settings" label={say("settings.title")} onClick={() => desk.show({ dialog: "settings" })} testId="settings-open" />
        <GlyphButton name="leave" label={say("sign_out")} onClick={onSignOut} testId="sign-out" />
        <span class="rail-me" title={`${name} · ${part}`} data-testid="me">
          <Avatar name={name} />
          <span class="cs-unseen">
            <bdi>{name}</bdi> {part}
          </span>
        </span>
      </div>
    </nav>
  );
}

function AreaButton({ area }: { area: Area }): JSX.Element {
  const { desk, say } = useDesk();
  const isHere = useLive((one) => one.place.area === area);
  const count = useLive((one) => (area === "chats" ? one.signals.count : area === "records" ? one.held.count : 0));
  return (
    <button
      type="button"
      class="rail-area"
      aria-current={isHere ? "page" : undefined}
      onClick={() => desk.open(area)}
      data-testid={`area-${area}`}
    >
      <Glyph name={area} size={20} />
      <span>{say(`area.${area}`)}</span>
      {count > 0 && <b class="rail-count">{count > 99 ? "99+" : count}</b>}
    </button>
  );
}
