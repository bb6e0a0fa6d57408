/** Canned replies as they are chosen: pure. */
import type { FilledReply } from "@chatserver/shared";
import { best } from "../palette/match.ts";

/** As many as fit above the box. */
const SHOWN = 8;

/** What is looked for when a text is `/` and some letters; null when it is an ordinary text. */
export function wantedIn(text: string): string | null {
  const [, wanted] = /^\/([^\s/]{0,40})$/.exec(text) ?? [];
  return wanted ?? null;
}

/** The replies that fit, one whose shortcut was typed as a whole on top. */
export function fitting(replies: readonly FilledReply[], wanted: string): FilledReply[] {
  const whole = replies.filter(({ shortcut }) => shortcut.toLowerCase() === wanted.toLowerCase());
  const others = best(replies, wanted, ({ shortcut, title, text }) => [shortcut, title, text]);
  return [...new Set([...whole, ...others])].slice(0, SHOWN);
}
