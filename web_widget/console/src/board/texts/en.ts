/** What the board says in English. */
export const en = {
  "board.failed": "The board couldn’t be loaded. It is tried again by itself.",
  "tile.started": "Started",
  "tile.closed": "Closed",
  "tile.abandoned": "Gave up waiting",
  "tile.wait_s": "Mean wait",
  "tile.first_reply_s": "Mean first reply",
  "tile.score": "Satisfaction",
  "tile.since": "since {time}",
  "tile.ratings": "{count} ratings",
  "tile.none": "–",

  "queue.title": "Waiting",
  "queue.empty": "Nobody is waiting.",
  "queue.oldest": "longest {time}",
  "queue.parked": "left a message",
  "queue.priority": "Priority {n}",

  "agents.title": "Team",
  "agents.count": "{available} available, {away} away",
  "agents.idle": "No chats",
  "agents.wrap_up": "after a chat",
  "agents.load": "{active} of {capacity} chats",
  "agents.offline": "Offline",
  "agents.show_offline": "Show {count} offline",

  "menu.chat": "Act on this chat",
  "menu.agent": "Act on {name}",
  "menu.watch": "Watch",
  "menu.whisper": "Whisper to the agent",
  "menu.join": "Join",
  "menu.reassign": "Reassign…",
  "menu.move": "Move in the queue…",
  "menu.close": "Close…",
  "menu.force_offline": "Set offline…",
} as const;

export type BoardKey = keyof typeof en;
