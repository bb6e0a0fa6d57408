/**
 * What an agent's lists need to know of a conversation beyond what a screen of it shows: folded from its events, pure.
 */
import type { By, DurableEvent } from "@chatserver/shared";

export interface LastWords {
  readonly role: By["role"];
  readonly id: string | null;
  readonly text: string;
  readonly removed: boolean;
}

/** Instants are the server's milliseconds since 1970. */
export interface Facts {
  readonly userId: string;
  readonly userName: string;
  readonly locale: string;
  readonly startedAt: number;
  readonly lastAt: number;
  readonly lastWords: LastWords | null;
  /** Since when the user's words are unanswered by a person; null when an agent spoke last. */
  readonly waitingSince: number | null;
  /** When the present agent got it; null once that agent has written. */
  readonly replyOwedSince: number | null;
  /** Who handed it off and may take it back. */
  readonly handedOffBy: string | null;
  /** The agent who has it, or had it last. */
  readonly lastAgent: string | null;
  readonly closedAt: number | null;
  /** How often it moved: what the desk decided about it is worth reading again only when this has grown. */
  readonly moves: number;
}

export const NO_FACTS: Facts = {
  userId: "",
  userName: "",
  locale: "",
  startedAt: 0,
  lastAt: 0,
  lastWords: null,
  waitingSince: null,
  replyOwedSince: null,
  handedOffBy: null,
  lastAgent: null,
  closedAt: null,
  moves: 0,
};

const MOVES: ReadonlySet<DurableEvent["type"]> = new Set<DurableEvent["type"]>([
  "queued",
  "agent_assigned",
  "handed_off",
  "agent_left",
  "queue_left",
  "supervisor_joined",
  "conversation_closed",
  "conversation_reopened",
]);

/** The facts after one more event. */
export function withEvent(facts: Facts, event: DurableEvent): Facts {
  const known = { ...facts, ...ofUser(facts, event), lastAt: Math.max(facts.lastAt, event.at) };
  if (event.type === "message_posted") return withMessage(known, event);
  return { ...known, ...ofDesk(event), moves: facts.moves + (MOVES.has(event.type) ? 1 : 0) };
}

/** The facts of a whole log. */
export function factsOf(events: Iterable<DurableEvent>): Facts {
  let facts = NO_FACTS;
  for (const event of events) facts = withEvent(facts, event);
  return facts;
}

function ofUser(facts: Facts, { by }: DurableEvent): Partial<Facts> {
  return by.role === "user" && by.id !== null ? { userId: by.id, userName: by.name || facts.userName } : {};
}

function withMessage(facts: Facts, event: DurableEvent & { type: "message_posted" }): Facts {
  const { by, text, at } = event;
  const lastWords = { role: by.role, id: by.id, text, removed: text === "" && Boolean(event.removed?.length) };
  if (by.role === "user") return { ...facts, lastWords, waitingSince: facts.waitingSince ?? at };
  if (by.role !== "agent") return { ...facts, lastWords };
  const isOwner = by.id === facts.lastAgent;
  return { ...facts, lastWords, waitingSince: null, replyOwedSince: isOwner ? null : facts.replyOwedSince };
}

function ofDesk(event: DurableEvent): Partial<Facts> {
  switch (event.type) {
    case "conversation_started":
      return { startedAt: event.at, locale: event.locale };
    case "agent_assigned":
      return { replyOwedSince: event.at, lastAgent: event.agent.id, handedOffBy: null };
    case "handed_off":
      return { replyOwedSince: null, handedOffBy: event.by.id };
    case "agent_left":
      return { replyOwedSince: null };
    case "queue_left":
      return { handedOffBy: null };
    case "conversation_closed":
      return { replyOwedSince: null, waitingSince: null, handedOffBy: null, closedAt: event.at };
    case "conversation_reopened":
      return { closedAt: null };
    default:
      return {};
  }
}
