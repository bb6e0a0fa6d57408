import type { ChatClient, ConversationLog } from "@chatserver/shared";
import { NO_FACTS, withEvent, type Facts } from "../lists/facts.ts";
import { askedAfter, type OpenQuestion } from "../lists/internal.ts";
import type { Listed } from "../lists/sections.ts";

/** A conversation in a list, with its log; a new object exactly when something about it changed. */
export interface Row extends Listed {
  readonly log: ConversationLog;
  readonly tier: number;
  readonly topic: string;
  /** The name of the agent who has it; empty while nobody does. */
  readonly agentName: string;
  /** The user is typing now. */
  readonly isTyping: boolean;
  /** A question of its agent that waits for a colleague. */
  readonly asked: OpenQuestion | null;
  /** Ids of its tags. */
  readonly tags: readonly string[];
  /** Goes up with every change of the log. */
  readonly version: number;
}

interface Folded {
  count: number;
  facts: Facts;
  internalCount: number;
  asked: OpenQuestion | null;
}

interface Cached {
  readonly mark: string;
  readonly row: Row;
}

/** Turns logs into list rows; each event is folded once, and an unchanged log keeps its row. */
export class Rows {
  readonly #folded = new WeakMap<ConversationLog, Folded>();
  readonly #cached = new WeakMap<ConversationLog, Cached>();
  /** Conversations that a supervisor follows unseen. */
  readonly watched = new Set<string>();
  readonly #client: ChatClient;
  #version = -1;
  #all: Row[] = [];

  constructor(client: ChatClient) {
    this.#client = client;
  }

  /** Every known conversation; made anew when something changed. */
  all(): Row[] {
    if (this.#version === this.#client.version) return this.#all;
    this.#version = this.#client.version;
    this.#all = [...this.#client.conversations.values()].map((log) => this.of(log));
    return this.#all;
  }

  of(log: ConversationLog): Row {
    const mark = `${log.version} ${log.heads.public} ${log.unreadable} ${this.watched.has(log.id)}`;
    const cached = this.#cached.get(log);
    if (cached?.mark === mark) return cached.row;
    const row = this.#made(log);
    this.#cached.set(log, { mark, row });
    return row;
  }

  #made(log: ConversationLog): Row {
    const { facts, asked } = this.#fold(log);
    // What the server said goes before a log of which the end is missing.
    const { agent, tier } = log.snapshot !== null && log.isBehind("public") ? log.snapshot : log.view;
    return {
      id: log.id,
      tier,
      topic: log.view.topic || (log.snapshot?.topic ?? ""),
      status: log.status,
      agentId: agent?.id ?? null,
      agentName: agent?.name ?? "",
      supervisors: log.view.supervisors,
      unread: log.unread("agent").length,
      isWatched: this.watched.has(log.id),
      consultants: log.view.consultants,
      facts,
      asked,
      tags: log.isBehind("internal") ? (log.snapshot?.tags ?? log.view.tags) : log.view.tags,
      isTyping: [...log.typing.values()].some(({ by }) => by.role === "user"),
      version: log.version,
      log,
    };
  }

  #fold(log: ConversationLog): Folded {
    const folded = this.#folded.get(log) ?? { count: 0, facts: NO_FACTS, internalCount: 0, asked: null };
    for (const event of log.events.slice(folded.count)) folded.facts = withEvent(folded.facts, event);
    for (const event of log.internal.slice(folded.internalCount)) folded.asked = askedAfter(folded.asked, event);
    folded.count = log.events.length;
    folded.internalCount = log.internal.length;
    this.#folded.set(log, folded);
    return folded;
  }
}
