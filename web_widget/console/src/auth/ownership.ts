/** How long a reload may take to let go of what the page before it held. */
const HANDOVER_MS = 1_500;

/**
 * Make this tab the only owner of a stored sign-in; false when another tab has it.
 *
 * A duplicated tab starts with a copy of `sessionStorage`. A refresh token is good for one use, and a second use ends the
 * whole family, so the copy must not be used. Where the browser has no locks only a reload is known to be alone.
 */
export async function claim(id: string): Promise<boolean> {
  if (!navigator.locks) return wasReloaded();
  return new Promise((resolve) => {
    const patience = new AbortController();
    setTimeout(() => patience.abort(), HANDOVER_MS);
    const held = navigator.locks.request(`chatserver.console.${id}`, { signal: patience.signal }, () => {
      resolve(true);
      return new Promise<never>(() => undefined);
    });
    held.catch(() => resolve(false));
  });
}

function wasReloaded(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}
