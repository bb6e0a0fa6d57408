import { browserStorage, isLocale, Keepsake, type Locale } from "@chatserver/shared";

const LOCALE = "locale";

type Choice = "sound" | "notify";

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

  /** Whether there is a soft sound with each message, or a notification by the host; off until chosen. */
  has(what: Choice): boolean {
    return this.kept.get(what) !== null;
  }

  choose(what: Choice, isOn: boolean): void {
    this.kept.set(what, isOn ? "1" : null);
  }
}
