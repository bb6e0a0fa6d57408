/** The parts of the widget that few need at once: each is loaded when it is first shown. */
import { lazily } from "./lazy.tsx";
import { talking } from "./texts/index.ts";

const chat = () => import("./chat.tsx");

export const Chat = lazily(chat, "Chat", talking);

/** Has the chat ready before it is needed. */
export function expectChat(): void {
  chat().catch(() => undefined);
}

export const Callback = lazily(() => import("./callback.tsx"), "Callback");
export const Earlier = lazily(() => import("./earlier_list.tsx"), "Earlier");
export const Ending = lazily(() => import("./ending.tsx"), "Ending");
export const FilesOut = lazily(() => import("./files/view.tsx"), "FilesOut");
export const FilesIn = lazily(() => import("./files/view.tsx"), "FilesIn");
export const History = lazily(() => import("./history.tsx"), "History");
export const Intake = lazily(() => import("./intake.tsx"), "Intake");
export const Menu = lazily(() => import("./menu.tsx"), "Menu");
export const Rating = lazily(() => import("./rating.tsx"), "Rating");
export const SecretWarning = lazily(() => import("./secret_warning.tsx"), "SecretWarning");
export const Transcript = lazily(() => import("./transcript.tsx"), "Transcript");
export const Tray = lazily(() => import("./files/view.tsx"), "Tray");
