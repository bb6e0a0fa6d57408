/** Times at which somebody can be called back: a few blocks of two hours, as they are chosen by tapping. */

export interface CallWindow {
  readonly from: number;
  readonly until: number;
}

const HOUR_MS = 3_600_000;
const LENGTH_H = 2;
/** People are called between nine in the morning and nine at night of their own clock. */
const FIRST_H = 9;
const LAST_H = 21;
const MOST = 6;

/** The next windows after `now`, on whole hours of the device's clock, from `opensAt` on if the desk is closed. */
export function callWindows(now: number, opensAt: number | null = null): CallWindow[] {
  const found: CallWindow[] = [];
  let from = wholeHour(Math.max(now + HOUR_MS / 4, opensAt ?? 0));
  while (found.length < MOST) {
    const hour = new Date(from).getHours();
    if (hour >= FIRST_H && hour + LENGTH_H <= LAST_H) {
      found.push({ from, until: from + LENGTH_H * HOUR_MS });
      from += LENGTH_H * HOUR_MS;
    } else {
      from += HOUR_MS;
    }
  }
  return found;
}

function wholeHour(at: number): number {
  const date = new Date(at);
  if (date.getMinutes() > 0 || date.getSeconds() > 0 || date.getMilliseconds() > 0) date.setHours(date.getHours() + 1, 0, 0, 0);
  return date.getTime();
}
