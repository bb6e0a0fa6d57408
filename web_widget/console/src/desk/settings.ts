/** How this person likes the console on this device. */
import { browserStorage, type Keepsake } from "@chatserver/shared";

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

const THEME = "chatserver.console.theme";
const storage = browserStorage();

/** The theme of this device; it is known before anybody signs in. */
export function keptTheme(): Theme {
  const kept = storage.getItem(THEME);
  return THEMES.find((one) => one === kept) ?? "system";
}

export function showTheme(theme: Theme): void {
  const page = document.documentElement;
  if (theme === "system") delete page.dataset["theme"];
  else page.dataset["theme"] = theme;
}

export class Settings {
  readonly #keepsake: Keepsake;
  readonly #onChange: () => void;

  constructor(keepsake: Keepsake, onChange: () => void) {
    this.#keepsake = keepsake;
    this.#onChange = onChange;
  }

  /** Whether new messages are heard. */
  get hasSound(): boolean {
    return this.#is("sound", false);
  }

  /** Whether the desktop tells of what comes while somebody looks elsewhere. */
  get hasNotifications(): boolean {
    return this.#is("notifications", false) && "Notification" in window && Notification.permission === "granted";
  }

  /** Whether single letters are shortcuts. */
  get hasLetters(): boolean {
    return this.#is("letters", true);
  }

  /** Whether a card beside the conversation is folded away. */
  isFolded(card: string): boolean {
    return this.#is(`folded.${card}`, false);
  }

  setFolded(card: string, isFolded: boolean): void {
    this.#set(`folded.${card}`, isFolded);
  }

  get theme(): Theme {
    return keptTheme();
  }

  setSound(isOn: boolean): void {
    this.#set("sound", isOn);
  }

  setLetters(isOn: boolean): void {
    this.#set("letters", isOn);
  }

  /** Asks the browser first; false where it does not allow notifications. */
  async setNotifications(isOn: boolean): Promise<boolean> {
    const isAllowed = isOn && "Notification" in window && (await Notification.requestPermission()) === "granted";
    this.#set("notifications", isAllowed);
    return isAllowed || !isOn;
  }

  setTheme(theme: Theme): void {
    storage.setItem(THEME, theme);
    showTheme(theme);
    this.#onChange();
  }

  #is(name: string, byDefault: boolean): boolean {
    const kept = this.#keepsake.get(name);
    return kept === null ? byDefault : kept === "on";
  }

  #set(name: string, isOn: boolean): void {
    this.#keepsake.set(name, isOn ? "on" : "off");
    this.#onChange();
  }
}
