/** What the internal thread of a conversation asks of colleagues: pure. */
import type { DurableEvent } from "@chatserver/shared";

/** A question to the other tier that nobody has come for yet. */
export interface OpenQuestion {
  readonly text: string;
  readonly by: string;
}

/** The open question after one more event of the internal thread. */
export function askedAfter(asked: OpenQuestion | null, event: DurableEvent): OpenQuestion | null {
  switch (event.type) {
    case "consult_asked":
      return { text: event.text, by: event.by.name };
    case "consultant_joined":
      return null;
    default:
      return asked;
  }
}
