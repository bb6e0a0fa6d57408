/** What any screen needs: the connection, errors, times, the box to write in, in English; the other language has the same keys. */
export const basics = {
  "error.invalid": "Something isn’t right here. Please check and try again",
  "error.unauthenticated": "Your sign-in has ended. Please sign in again",
  "error.forbidden": "This isn’t available for your role",
  "error.not_found": "We couldn’t find this. It may have moved",
  "error.conflict": "Things have changed. Please look at the latest state first",
  "error.closed": "This conversation has ended. Please start a new one",
  "error.not_assigned": "This conversation is no longer yours, so your text wasn’t sent",
  "error.capacity": "All your slots are taken. Close or hand off a conversation first",
  "error.offer_expired": "This conversation went to a colleague",
  "error.too_large": "That’s too long. Please send it in parts",
  "error.upgrade_required": "There’s a newer version of this page. Please reload",
  "error.rate_limited": "That was a bit fast. Please try again in a moment",
  "error.storage": "We couldn’t save that yet. Trying again",
  "error.retry": "The connection is slow. Trying again",

  "link.connecting": "Connecting…",
  "link.offline": "Reconnecting. Nothing you write will be lost",
  "link.refused": "Your sign-in has ended. Please sign in again",

  "link.goes_to": "Opens {host}",

  "time.today": "Today",
  "time.tomorrow": "Tomorrow",
  "time.yesterday": "Yesterday",
  "duration.under_minute": "less than a minute",
  "duration.one_minute": "about 1 minute",
  "duration.minutes": "about {n} minutes",
  "duration.range": "about {low}–{high} minutes",
  "duration.long": "more than an hour",

  "composer.label": "Write a message",
  "composer.send": "Send",
  "composer.too_long": "{n} characters too long",
} as const;

export type BasicsKey = keyof typeof basics;
