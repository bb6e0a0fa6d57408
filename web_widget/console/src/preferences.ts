import { browserStorage, isLocale, matchLocale, type Locale } from "@chatserver/shared";

const LOCALE = "chatserver.console.locale";

const storage = browserStorage();

/** The language chosen on this device, else the one that the browser asks for. */
export function preferredLocale(): Locale {
  const chosen = storage.getItem(LOCALE) ?? "";
  return isLocale(chosen) ? chosen : matchLocale(navigator.languages);
}

export function preferLocale(locale: Locale): void {
  storage.setItem(LOCALE, locale);
}
