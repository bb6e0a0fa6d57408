/** The parts of the widget that few need at once: each is loaded when it is first shown. */
import { lazily } from "./lazy.tsx";
import { talking } from "./texts/index.ts";

const chat = () => import("./chat.tsx");

export const Chat = lazily(async () => (await chat()).Chat, talking);

/** Has the chat ready before it is needed. */
export function expectChat(): void {
  chat().catch(() => undefined);
}

export const Callback = lazily(async () => (await import("./callback.tsx")).Callback);
export const Ending = lazily(async () => (await import("./ending.tsx")).Ending);
export const FilesOut = lazily(async () => (await import("./files/view.tsx")).FilesOut);
export const FilesIn = lazily(async () => (await import("./files/view.tsx")).FilesIn);
export const History = lazily(async () => (await import("./history.tsx")).History);
export const Intake = lazily(async () => (await import("./intake.tsx")).Intake);
export const Menu = lazily(async () => (await import("./menu.tsx")).Menu);
export const Rating = lazily(async () => (await import("./rating.tsx")).Rating);
export const Transcript = lazily(async () => (await import("./transcript.tsx")).Transcript);
export const Tray = lazily(async () => (await import("./files/view.tsx")).Tray);
