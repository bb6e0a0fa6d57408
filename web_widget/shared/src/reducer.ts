/**
 * What a screen shows of a log: `reduce(events)`. The server's reducer has the same rules, and the
 * golden logs in tests/golden are replayed by both.
 */
import type { AgentInfo, By, DurableEvent, FileInfo, LinkShown, Status, Thread } from "./generated/protocol.ts";

/** A message as shown; `text` is empty, and there are no `files`, once it was removed. */
export interface Message {
  readonly id: string;
  readonly seq: number;
  readonly at: number;
  readonly role: By["role"];
  readonly name: string;
  readonly text: string;
  readonly removed: readonly string[];
  readonly files: readonly FileInfo[];
  /** What the server says of the links in the text, and of the text. */
  readonly links?: readonly LinkShown[];
  readonly flags?: readonly string[];
}

/** A conversation as shown; `last` is the number up to which each thread was applied. */
export interface View {
  status: Status;
  tier: number;
  topic: string;
  agent: AgentInfo | null;
  disposition: string | null;
  score: number | null;
  supervisors: string[];
  consultants: string[];
  tags: string[];
  messages: Message[];
  notes: Message[];
  last: Record<Thread, number>;
}

/** A conversation of which nothing is known yet. */
export function emptyView(): View {
  return {
    status: "bot",
    tier: 1,
    topic: "",
    agent: null,
    disposition: null,
    score: null,
    supervisors: [],
    consultants: [],
    tags: [],
    messages: [],
    notes: [],
    last: { public: 0, internal: 0 },
  };
}

/** Folds events, as `sync` gives them, into what a screen shows. */
export function reduce(events: Iterable<DurableEvent>): View {
  const view = emptyView();
  for (const event of events) apply(view, event);
  return view;
}

/** Applies one event; false, and no change, when it is not the next of its thread. */
export function apply(view: View, event: DurableEvent): boolean {
  if (event.seq !== view.last[event.thread] + 1) return false;
  view.last[event.thread] = event.seq;
  applyMessage(view, event);
  applyDesk(view, event);
  applyCourse(view, event);
  return true;
}

function emptied({ links: _, flags: __, ...message }: Message, removed: readonly string[]): Message {
  return { ...message, text: "", removed, files: [] };
}

function applyMessage(view: View, event: DurableEvent): void {
  switch (event.type) {
    case "message_posted":
      view.messages.push({
        ...shown(event, event.removed ?? []),
        ...(event.links && { links: event.links }),
        ...(event.flags && { flags: event.flags }),
      });
      break;
    case "note_added":
      view.notes.push(shown(event, []));
      break;
    case "message_removed": {
      const { message: id, removed } = event;
      // A new object, so that a screen which remembers the old one sees that it changed.
      view.messages = view.messages.map((one) =>
        one.id === id ? emptied(one, removed) : one,
      );
    }
  }
}

function shown(
  event: DurableEvent & { text: string; files?: FileInfo[] },
  removed: readonly string[],
): Message {
  const { id, seq, at, by, text, files = [] } = event;
  return { id, seq, at, role: by.role, name: by.name, text, removed, files };
}

function applyDesk(view: View, event: DurableEvent): void {
  switch (event.type) {
    case "queued":
      Object.assign(view, { status: "waiting", tier: event.tier, agent: null });
      break;
    case "agent_assigned":
      Object.assign(view, { status: "active", tier: event.agent.tier, agent: event.agent });
      break;
    case "handed_off":
      Object.assign(view, { status: "waiting", tier: event.to_tier, agent: null });
      break;
    case "agent_left":
      Object.assign(view, { status: event.reason === "parked" ? "bot" : "waiting", agent: null });
      break;
    case "queue_left":
      Object.assign(view, { status: "bot", agent: null });
      break;
    case "supervisor_joined":
      view.supervisors = [...without(view.supervisors, event.agent), event.agent.id];
      break;
    case "supervisor_left":
      view.supervisors = without(view.supervisors, event.agent);
      break;
    case "consultant_joined":
      view.consultants = [...without(view.consultants, event.agent), event.agent.id];
      break;
    case "consultant_left":
      view.consultants = without(view.consultants, event.agent);
      break;
    case "tags_changed":
      view.tags = event.tags;
  }
}

function without(agents: string[], agent: AgentInfo): string[] {
  return agents.filter((id) => id !== agent.id);
}

function applyCourse(view: View, event: DurableEvent): void {
  switch (event.type) {
    case "conversation_started":
      view.status = "bot";
      view.topic = event.topic;
      break;
    case "conversation_closed":
      view.status = "closed";
      view.agent = null;
      view.consultants = [];
      view.disposition = event.disposition;
      break;
    case "conversation_reopened":
      view.status = "bot";
      view.disposition = null;
      break;
    case "conversation_rated":
      view.score = event.score;
  }
}
