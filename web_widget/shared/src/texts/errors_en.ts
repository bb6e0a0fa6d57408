/** What is told of refusals, in English; those that only agents meet are said by the desk. */
export const errors = {
  "error.invalid": "Something isn’t right here. Please check and try again",
  "error.unauthenticated": "Your sign-in has ended. Please sign in again",
  "error.file": "We couldn’t accept the file. Try another one, or a screenshot",
  "error.forbidden": "This isn’t available for your role",
  "error.not_found": "We couldn’t find this. It may have moved",
  "error.conflict": "Things have changed. Please look at the latest state first",
  "error.closed": "This conversation has ended. Please start a new one",
  "error.too_large": "That’s too long. Please send it in parts",
  "error.upgrade_required": "There’s a newer version of this page. Please reload",
  "error.rate_limited": "That was a bit fast. Please try again in a moment",
  "error.storage": "We couldn’t save that yet. Trying again",
  "error.retry": "The connection is slow. Trying again",
} as const;

export type ErrorsKey = keyof typeof errors;
