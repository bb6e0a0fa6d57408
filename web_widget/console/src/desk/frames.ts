/** When views look again: at most once in a frame, however much arrived since the last one. */

/** A window that is covered gets no frames; after this time its views look all the same. */
const LONGEST_MS = 250;

/** Tells its subscribers once in the next frame that something changed. */
export class Frames {
  readonly #subscribers = new Set<() => void>();
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  subscribe(subscriber: () => void): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** Something changed. */
  ask(): void {
    if (this.#timer !== undefined) return;
    this.#frame = requestAnimationFrame(() => this.#tell());
    this.#timer = setTimeout(() => this.#tell(), LONGEST_MS);
  }

  /** Lets the views look at once: what a person did must not wait for a frame. */
  now(): void {
    this.#tell();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tell(): void {
    this.stop();
    for (const subscriber of [...this.#subscribers]) subscriber();
  }
}

const SECOND_MS = 1_000;

/** One clock for everything that counts seconds; it stands still while nobody looks at it. */
export class Seconds {
  readonly #subscribers = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;

  subscribe(subscriber: () => void): () => void {
    this.#subscribers.add(subscriber);
    this.#timer ??= setInterval(() => {
      for (const one of [...this.#subscribers]) one();
    }, SECOND_MS);
    return () => {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }
}
