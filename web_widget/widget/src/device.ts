import { browserStorage, isLocale, Keepsake, type Locale } from "@chatserver/shared";

const LOCALE = "locale";
const SOUND = "sound";
const NOTIFY = "notify";

/** What a person chose on this device, whoever is signed in. */
export class Device {
  private readonly kept = new Keepsake(browserStorage(), "widget");

  /** The language they chose, until the host changes its own. */
  get locale(): Locale | null {
    const chosen = this.kept.get(LOCALE);
    return chosen !== null && isLocale(chosen) ? chosen : null;
  }

  set locale(locale: Locale | null) {
    this.kept.set(LOCALE, locale);
  }

  /** A soft sound with each message; off until chosen. */
  get hasSound(): boolean {
    return this.kept.get(SOUND) !== null;
  }

  set hasSound(isOn: boolean) {
    this.kept.set(SOUND, isOn ? "1" : null);
  }

  /** Notifications by the host; off until chosen. */
  get hasNotices(): boolean {
    return this.kept.get(NOTIFY) !== null;
  }

  set hasNotices(isOn: boolean) {
    this.kept.set(NOTIFY, isOn ? "1" : null);
  }
}
