/** Waits that all end at once when there is no reason to wait any longer. */
export class Pauses {
  private readonly wakers = new Set<() => void>();

  /** Ends after this many milliseconds, or when everybody is woken. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.wakers.add(wake);
    });
  }

  wakeAll(): void {
    for (const wake of [...this.wakers]) wake();
  }
}
