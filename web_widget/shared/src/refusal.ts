import type { ErrorBody, ErrorCode } from "./generated/protocol.ts";

/** The server's refusal of a command, or `retry` where no answer came. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(body: ErrorBody) {
    super(body.message);
    this.name = "Refusal";
    this.code = body.code;
    this.field = body.field;
    this.retryAfterMs = body.retry_after_ms;
  }
}

/** Nobody answered: whether it happened is unknown, so the same key must be sent again. */
export function silence(): Refusal {
  return new Refusal({ code: "retry", message: "No answer came. The same will be sent again." });
}

const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "retry",
  "storage",
  "rate_limited",
  "unauthenticated",
]);

/** Whether the same command may succeed later without anybody changing it. */
export function mayPass(refusal: Refusal): boolean {
  return PASSING.has(refusal.code);
}
