import { LOCALES } from "@chatserver/shared";
import { Notice } from "@chatserver/shared/ui";
import { shield } from "@chatserver/shared/ui/icons";
import type { ComponentChildren, JSX } from "preact";
import { Proof } from "./proof.tsx";
import type { Session } from "./session.ts";
import { Sheet, Switch } from "./sheet.ts";
import type { Say } from "./texts/index.ts";

const NAMES: Record<(typeof LOCALES)[number], string> = { "zh-CN": "中文", en: "English" };

export interface MenuProps {
  session: Session;
  say: Say;
  onClose: () => void;
  children?: ComponentChildren;
}

/** Language, sounds, notifications, and how one knows that this is the real support. */
export function Menu({ session, say, onClose, children }: MenuProps): JSX.Element {
  const { device } = session;
  return (
    <Sheet title={say("menu.title")} closeLabel={say("sheet.close")} onClose={onClose} testId="menu-sheet">
      <div class="w-languages" role="group" aria-label={say("language.label")}>
        {LOCALES.map((locale) => (
          <button
            key={locale}
            type="button"
            class="cs-chip"
            lang={locale}
            aria-pressed={locale === session.locale}
            onClick={() => session.speak(locale)}
            data-testid={`language-${locale}`}
          >
            {NAMES[locale]}
          </button>
        ))}
      </div>
      <Switch
        label={say("menu.sound")}
        isOn={device.has("sound")}
        onChange={(isOn) => {
          device.choose("sound", isOn);
          session.changed();
          // Heard at once, so that one knows what to expect; the tap also lets the browser play it later.
          if (isOn) void import("./alerts.ts").then(({ chime }) => chime());
        }}
        testId="sound"
      />
      {session.host.canNotify && (
        <Switch label={say("menu.notify")} isOn={device.has("notify")} onChange={(isOn) => session.notify(isOn)} testId="notify" />
      )}
      {children}
      <div class="w-proof">
        <Notice kind="ok" path={shield}>
          {say("menu.proof", { host: location.host })}
          <Proof session={session} say={say} />
        </Notice>
      </div>
    </Sheet>
  );
}
