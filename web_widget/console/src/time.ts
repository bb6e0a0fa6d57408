/** Times as the console shows them; pure, `now` comes in. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A running clock: `0:07`, `12:40`, `1:05:09`. */
export function clockText(elapsedMs: number): string {
  const [hours, minutes, seconds] = parts(elapsedMs);
  const tail = String(seconds).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

function parts(elapsedMs: number): [number, number, number] {
  const ms = Math.max(0, elapsedMs);
  return [
    Math.floor(ms / HOUR_MS),
    Math.floor((ms % HOUR_MS) / MINUTE_MS),
    Math.floor((ms % MINUTE_MS) / SECOND_MS),
  ];
}

/** A length of time in words, numbers and units never apart: `40 s`, `3 min`, `1 h 5 min`; in Chinese `40 秒` and so on. */
export function durationText(ms: number, locale: string): string {
  const [hours, minutes, seconds] = parts(ms);
  const [h, min, s] = locale.startsWith("zh") ? (["小时", "分钟", "秒"] as const) : (["h", "min", "s"] as const);
  const told = (count: number, unit: string): string => `${count}\u00a0${unit}`;
  if (hours > 0) return minutes > 0 ? `${told(hours, h)} ${told(minutes, min)}` : told(hours, h);
  return minutes > 0 ? told(minutes, min) : told(seconds, s);
}

/** The time of day, in 24 hours in both languages. */
export function timeText(at: number, locale: string): string {
  return formatter(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** Day and time. */
export function momentText(at: number, locale: string): string {
  const options = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return formatter(locale, options).format(at);
}

/** The day of a message: today and yesterday by name. */
export function dayText(at: number, now: number, locale: string, names: { today: string; yesterday: string }): string {
  const days = dayNumber(now) - dayNumber(at);
  if (days === 0) return names.today;
  if (days === 1) return names.yesterday;
  return formatter(locale, { year: "numeric", month: "long", day: "numeric", weekday: "short" }).format(at);
}

/** Counts local days, so that two instants of one day have the same number. */
export function dayNumber(at: number): number {
  const date = new Date(at);
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / (24 * HOUR_MS));
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter takes longer than using it a thousand times. */
function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale} ${JSON.stringify(options)}`;
  const known = formatters.get(name) ?? new Intl.DateTimeFormat(locale, options);
  formatters.set(name, known);
  return known;
}
