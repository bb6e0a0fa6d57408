import type { Locale } from "@chatserver/shared";
import { Button, Switch } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { THEMES } from "../desk/settings.ts";
import { chime } from "../desk/sound.ts";
import { Languages } from "../view/languages.tsx";
import { DialogBox } from "./dialog.tsx";

/** How this person likes the console on this device. */
export function SettingsDialog({ onLocale }: { onLocale: (locale: Locale) => void }): JSX.Element {
  const { desk, say } = useDesk();
  const { settings } = desk;
  const hasSound = useLive((one) => one.settings.hasSound);
  const hasNotifications = useLive((one) => one.settings.hasNotifications);
  const hasLetters = useLive((one) => one.settings.hasLetters);
  const [isForbidden, setForbidden] = useState(false);
  const notify = async (isOn: boolean): Promise<void> => setForbidden(!(await settings.setNotifications(isOn)));
  return (
    <DialogBox title={say("settings.title")} testId="settings">
      <div class="setting">
        <span>{say("app.language")}</span>
        <Languages say={say} onLocale={onLocale} />
      </div>
      <ThemeChoice />
      <div class="setting">
        <span>{say("security.title")}</span>
        <Button isSmall onClick={() => desk.show({ dialog: "security" })} testId="security-open">
          {say("security.set_up")}
        </Button>
      </div>
      <Switch
        label={say("settings.sound")}
        isOn={hasSound}
        onChange={(isOn) => {
          settings.setSound(isOn);
          if (isOn) chime(Date.now());
        }}
        testId="sound"
      />
      <Switch label={say("settings.notifications")} isOn={hasNotifications} onChange={(isOn) => void notify(isOn)} testId="notifications" />
      {isForbidden && (
        <p class="hint hint-danger" role="alert">
          {say("settings.notifications_forbidden")}
        </p>
      )}
      <Switch
        label={
          <span class="setting">
            <span>
              {say("settings.letters")}
              <small>{say("settings.letters_hint")}</small>
            </span>
          </span>
        }
        isOn={hasLetters}
        onChange={(isOn) => settings.setLetters(isOn)}
        testId="letters"
      />
    </DialogBox>
  );
}

function ThemeChoice(): JSX.Element {
  const { desk, say } = useDesk();
  const theme = useLive((one) => one.settings.theme);
  return (
    <div class="setting">
      <span>{say("settings.theme")}</span>
      <div class="languages" role="group" aria-label={say("settings.theme")}>
        {THEMES.map((one) => (
          <button key={one} type="button" aria-pressed={theme === one} onClick={() => desk.settings.setTheme(one)} data-testid={`theme-${one}`}>
            {say(`theme.short_${one}`)}
          </button>
        ))}
      </div>
    </div>
  );
}
