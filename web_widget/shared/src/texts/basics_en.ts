/** What any screen needs: the connection, errors, times, the box to write in, in English; the other language has the same keys. */
export const basics = {
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
