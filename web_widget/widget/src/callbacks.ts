import type { ConversationLog } from "@chatserver/shared";

/** A call that was promised. */
export interface PromisedCall {
  readonly from: number;
  readonly until: number;
  /** The last digits of the number. */
  readonly phone_hint: string;
}

/** The call that is promised to this person now; null once it was made or called off. */
export function callbackOf(log: ConversationLog): PromisedCall | null {
  for (let index = log.events.length - 1; index >= 0; index -= 1) {
    const type: string = log.events[index]?.type ?? "";
    if (type === "callback_requested") return log.events[index] as unknown as PromisedCall;
    if (type === "callback_finished" || type === "callback_cancelled") return null;
  }
  return null;
}
