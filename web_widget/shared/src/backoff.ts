/** No pause is longer: a person who waits looks again after half a minute. */
const LONGEST_MS = 30_000;
const FIRST_MS = 1_000;

/**
 * The pause before try number `attempt` (from 0): anything between nothing and 1, 2, 4 … 30 s, so
 * that clients who lost the same server do not all return at once.
 */
export function backoffMs(attempt: number, random: number): number {
  return random * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
}
