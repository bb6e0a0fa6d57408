import type { Translate } from "./i18n.ts";
import type { SharedKey } from "./texts/en.ts";

type Say = Translate<SharedKey>;

/** An expected wait, `[low, high]` in seconds, in whole minutes: anything finer would be a pretence. */
export function durationText([lowS, highS]: readonly [number, number], say: Say): string {
  const low = Math.max(1, Math.floor(lowS / 60));
  const high = Math.ceil(highS / 60);
  if (low > 60) return say("duration.long");
  if (high <= 1) return say(highS < 60 ? "duration.under_minute" : "duration.one_minute");
  return high <= low ? say("duration.minutes", { n: low }) : say("duration.range", { low, high });
}

/** A moment as people say it: the clock, with the day when it is not today's. */
export function timeText(at: number, now: number, say: Say): string {
  const clock = new Intl.DateTimeFormat(say.locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return clock.format(at);
  if (days === -1) return `${say("time.tomorrow")} ${clock.format(at)}`;
  if (days === 1) return `${say("time.yesterday")} ${clock.format(at)}`;
  const day = new Intl.DateTimeFormat(say.locale, { month: "short", day: "numeric" });
  return `${day.format(at)} ${clock.format(at)}`;
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
