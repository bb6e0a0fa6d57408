/** What the widget says before there is a conversation, in English; the other language has the same keys. */
export const first = {
  "title": "Support",
  "language.label": "Language",
  "panel.close": "Minimise",

  "away.title": "We’re away right now.",
  "away.title_until": "We’re away right now. Next available: {time}.",
  "own.closed": "Leave it with us and we’ll answer here as soon as we’re back.",

  "chat.back": "Back",

  "elsewhere.leave": "Leave a message",

  "own.greeting": "Hello, how can we help?",
  "home.promise": "We’ll never ask for your password, a code or recovery phrase.",
  "home.topics": "What is it about? (optional)",
  "home.person": "Talk to a person",
  "home.wait": "Right now it takes {time}",
  "home.assistant": "Ask the assistant first",
  "home.write": "Or just tell us what happened",
  "home.earlier": "Recent conversations",
  "home.earlier_unrated": "Not rated yet",
  "home.earlier_topicless": "General question",
  "home.history": "All conversations",

  "menu.open": "Menu",

  "status.refused": "Your sign-in has ended. Please go back to the app and open support again",
  "status.again": "Try again",
} as const;

export type FirstKey = keyof typeof first;
