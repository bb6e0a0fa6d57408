/** What the console says in English about what people do with conversations. */
export const acts = {
  "action.label": "Actions",
  "action.hand_off": "Hand off to tier 2",
  "action.hand_back": "Hand back to tier 1",
  "action.take_back": "Take back",
  "action.transfer": "Transfer",
  "action.close": "Close",
  "action.reopen": "Reopen",
  "action.join": "Join",
  "action.consult": "Ask a colleague",
  "action.help": "Help",
  "action.stop_helping": "Stop helping",
  "action.watch": "Watch",
  "action.unwatch": "Stop watching",
  "action.reassign": "Reassign",
  "action.force_close": "Close",
  "action.leave": "Leave",
  "action.cancel": "Cancel",
  "action.dismiss": "Dismiss",
  "action.details": "Details",

  "handoff.lead": "It moves to the {tier} queue with its whole history and keeps its place. The user is told and can go on writing.",
  "handoff.reason": "Reason",
  "handoff.reason_hint": "For example: transfer not credited after 24 hours",
  "handoff.note": "Note for the colleague",
  "handoff.note_hint": "What has been checked, what is still missing",

  "field.optional": "optional",

  "transfer.title": "Transfer conversation",
  "transfer.lead": "A colleague can decline; then it comes back to you. Users are told that a colleague takes over.",
  "transfer.to_agent": "To a colleague",
  "transfer.to_skill": "To a skill",
  "transfer.none": "No other colleague is signed in.",
  "transfer.anyone": "Whoever is next",
  "transfer.full": "full",

  "close.title": "Close conversation",
  "close.lead": "The user is then asked for a rating.",
  "close.outcome": "Outcome",

  "outcome.none": "No outcome",
  "outcome.solved": "Solved",
  "outcome.answered": "Question answered",
  "outcome.follow_up": "Passed on for follow-up",
  "outcome.no_answer": "User stopped answering",
  "outcome.out_of_scope": "Not something we can help with",
  "outcome.spam": "Spam or abuse",

  "join.title": "Join conversation",
  "join.lead": "You write beside the agent, and both parties see that you joined. The reason is kept.",

  "watch.lead": "You see everything live, and nobody learns of it. The reason is kept in the records.",

  "reassign.title": "Reassign conversation",
  "reassign.lead": "The colleague gets it at once. The user is told that a colleague takes over.",

  "move.title": "Move in the queue",
  "move.lead": "Every step counts like five more minutes of waiting.",
  "move.submit": "Move",
  "move.priority": "Priority",
  "move.normal": "normal",

  "force_close.lead": "It ends for the user and for the agent, and the user is asked for a rating.",

  "force_offline.title": "Set {name} offline",
  "force_offline.lead": "No new chats come in for this colleague.",
  "force_offline.requeue": "Their chats go back to the front of the queue",

  "consult.title": "Ask a colleague",
  "consult.lead": "You keep the chat. Whoever of {tier} comes reads it and answers in notes; the user learns nothing of it.",
  "consult.question": "Question",

  "colleagues.looking": "{names} also looks at this",
  "colleagues.helping": "{names} is helping",
  "colleagues.asked": "Your question waits for a colleague",

  "done.handed_off": "Handed off to {tier}.",
  "done.taken_back": "You have it back.",
  "done.transferred": "Transferred.",
  "done.closed": "Closed.",
  "done.reopened": "Reopened.",
  "done.joined": "You joined.",
  "done.left": "You left.",
  "done.watched": "You’re watching. Nobody sees that.",
  "done.unwatched": "You stopped watching.",
  "done.whispered": "Whispered.",
  "done.reassigned": "Reassigned.",
  "done.moved": "Moved in the queue.",
  "done.set_offline": "Set offline.",
  "done.asked": "Asked. The answer comes as a note.",
  "done.helping": "You’re helping. Write notes; the user doesn’t see them.",
  "done.stopped_helping": "You stopped helping.",
  "done.macro": "Done.",

  "refused.not_assigned": "This conversation is no longer yours, so the text wasn’t sent. It’s back in the box.",
  "refused.closed": "The conversation was closed, so the text wasn’t sent. It’s back in the box.",
  "refused.forbidden": "Not sent: it asks for a secret or links outside the allowed sites. It’s back in the box.",
  "refused.moved_on": "This conversation is no longer yours.",
  "refused.unreachable": "The server didn’t answer. Try again.",
} as const;

export type ActsKey = keyof typeof acts;
