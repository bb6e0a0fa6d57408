/** While somebody types, this often at most; the other side forgets after `SHOWN_MS`. */
const REPEAT_MS = 2_000;
/** Nothing typed for this long means that they stopped. */
const IDLE_MS = 4_000;
/** How long a "typing" is shown when no "stopped" arrives. */
export const SHOWN_MS = 6_000;

/** Turns key strokes in one conversation into a few `typing` commands. */
export class TypingReporter {
  private readonly send: (on: boolean, draft?: string) => void;
  private isOn = false;
  private draft: string | undefined;
  private repeat: ReturnType<typeof setTimeout> | undefined;
  private idle: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (on: boolean, draft?: string) => void) {
    this.send = send;
  }

  /** The text box changed; `draft` only where it may be shown. */
  typed(isEmpty: boolean, draft?: string): void {
    clearTimeout(this.idle);
    if (isEmpty) return this.stop();
    this.draft = draft;
    this.idle = setTimeout(() => this.stop(), IDLE_MS);
    this.isOn = true;
    if (this.repeat === undefined) this.report();
  }

  /** The message was sent, or the box left. */
  stop(): void {
    clearTimeout(this.idle);
    clearTimeout(this.repeat);
    this.repeat = undefined;
    if (this.isOn) this.send(false);
    this.isOn = false;
  }

  private report(): void {
    const sent = this.draft;
    this.send(true, sent);
    this.repeat = setTimeout(() => {
      this.repeat = undefined;
      if (this.isOn) this.report();
    }, REPEAT_MS);
  }
}
