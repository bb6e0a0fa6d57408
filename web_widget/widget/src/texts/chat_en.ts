/** What the widget says within a conversation, in English; the other language has the same keys. */
export const chat = {
  "chat.opening": "Opening your conversation…",
  "chat.with_assistant": "The assistant is with you",
  "chat.with_agent": "Here to help you",
  "chat.with_specialist": "Senior specialist",
  "chat.waiting": "Finding someone for you",
  "chat.closed": "Conversation ended",
  "chat.verified": "Verified support agent",
  "chat.person": "Talk to a person",
  "chat.asking": "Asking…",
  "chat.end": "End chat",
  "chat.end_sure": "End this conversation?",
  "chat.end_yes": "End it",
  "chat.end_no": "Keep talking",
  "chat.write": "Write a message",
  "chat.write_waiting": "Tell us more meanwhile",
  "chat.answer_cancel": "Don’t quote",
  "chat.new": "Start a new conversation",
  "chat.agent_away": "{name} is reconnecting. Everything you send will reach them",

  "elsewhere.message": "Leave a message instead",
  "elsewhere.callback": "Call me back",

  "file.attach": "Attach a file",
  "file.camera": "Take a photo",
  "file.drop": "Drop to attach",
  "file.refused_picture": "We can’t open this photo (HEIC). Take a screenshot of it and send that",
  "file.refused_type": "Pictures, PDFs and text files can be sent",
  "file.refused_size": "A file can be up to 10 MB",
  "file.refused_count": "Up to {n} files at a time",

  "parked.empty": "Write your message below",
  "parked.subtitle": "Your message",
  "parked.title": "We’ve got your message",
  "own.message_left": "You don’t have to wait. We’ll answer here, and you can add to it any time.",

  "waiting.title": "We’re finding someone for you",
  "waiting.title_specialist": "We’re finding a senior specialist for you",
  "waiting.position": "You’re number {n} in line",
  "waiting.next": "You’re first in line",
  "waiting.estimate": "Expected wait: {time}",
  "waiting.no_estimate": "We can’t say exactly how long yet",
  "own.waiting": "Your place is safe. Order number, amount and time, or a screenshot, let us start at once.",
  "waiting.meanwhile_specialist": "Your place is safe, and the specialist reads everything so far. You can keep writing.",
  "waiting.leave": "Leave the queue",
} as const;

export type ChatKey = keyof typeof chat;
