/** Canned replies as they are chosen: pure. */
import { best } from "../palette/match.ts";

/** A canned reply with its variables filled in; `missing` names those nobody could fill. */
export interface Reply {
  id: string;
  shortcut: string;
  title: string;
  text: string;
  missing: string[];
}

/** As many as fit above the box. */
const SHOWN = 8;

/** What is looked for when a text is `/` and some letters; null when it is an ordinary text. */
export function wantedIn(text: string): string | null {
  const [, wanted] = /^\/([^\s/]{0,40})$/.exec(text) ?? [];
  return wanted ?? null;
}

/** The replies that fit, one whose shortcut was typed as a whole on top. */
export function fitting(replies: readonly Reply[], wanted: string): Reply[] {
  const whole = replies.filter(({ shortcut }) => shortcut.toLowerCase() === wanted.toLowerCase());
  const others = best(replies, wanted, ({ shortcut, title, text }) => [shortcut, title, text]);
  return [...new Set([...whole, ...others])].slice(0, SHOWN);
}
