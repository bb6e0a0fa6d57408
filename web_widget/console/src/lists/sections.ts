/** Which conversations stand in which list of the desk, in which order, and how urgent each is: pure. */
import type { Status } from "@chatserver/shared";
import type { Facts } from "./facts.ts";

/** A conversation as the lists look at it; `unread` counts the user's messages that no agent has seen. */
export interface Listed {
  readonly id: string;
  readonly status: Status;
  readonly agentId: string | null;
  readonly supervisors: readonly string[];
  /** Agents of the other tier who help without having it. */
  readonly consultants: readonly string[];
  /** This supervisor follows it unseen. */
  readonly isWatched: boolean;
  readonly unread: number;
  readonly facts: Facts;
}

export interface Sections<Item> {
  readonly mine: Item[];
  readonly joined: Item[];
  readonly helping: Item[];
  readonly watched: Item[];
  readonly handedOff: Item[];
  readonly closed: Item[];
}

/** After this an unanswered user has waited too long for comfort; most give up on a chat at about two minutes. */
export const LATE_MS = 120_000;
/** Half of the default time after which the server gives an unanswered conversation to somebody else. */
const FIRST_REPLY_SOON_MS = 30_000;
const FIRST_REPLY_LATE_MS = 50_000;
/** As many closed ones as fit below the open ones; the rest is found by searching. */
const CLOSED_SHOWN = 12;

/** Sorts the conversations of one agent into the lists of the desk. */
export function sectionsOf<Item extends Listed>(items: Iterable<Item>, me: string): Sections<Item> {
  const sections: Sections<Item> = { mine: [], joined: [], helping: [], watched: [], handedOff: [], closed: [] };
  for (const item of items) listOf(item, me, sections)?.push(item);
  sections.mine.sort(byUrgency);
  for (const list of [sections.joined, sections.helping, sections.watched]) list.sort(byLatest);
  sections.handedOff.sort((a, b) => a.facts.lastAt - b.facts.lastAt);
  sections.closed.sort((a, b) => (b.facts.closedAt ?? 0) - (a.facts.closedAt ?? 0));
  sections.closed.splice(CLOSED_SHOWN);
  return sections;
}

function listOf<Item extends Listed>(item: Item, me: string, sections: Sections<Item>): Item[] | null {
  if (item.status === "closed") return item.facts.lastAgent === me ? sections.closed : null;
  if (item.status === "active" && item.agentId === me) return sections.mine;
  if (item.supervisors.includes(me)) return sections.joined;
  if (item.consultants.includes(me)) return sections.helping;
  if (item.isWatched) return sections.watched;
  const isWaiting = item.status === "waiting" || item.status === "offered";
  return isWaiting && item.facts.handedOffBy === me ? sections.handedOff : null;
}

/** Unanswered ones first, the longest waiting at the top; then the latest. */
export function byUrgency(a: Listed, b: Listed): number {
  const since = (item: Listed): number => owedSince(item.facts) ?? Infinity;
  return since(a) === since(b) ? byLatest(a, b) : since(a) - since(b);
}

function byLatest(a: Listed, b: Listed): number {
  return b.facts.lastAt - a.facts.lastAt || (a.id < b.id ? -1 : 1);
}

/** Since when this agent owes an answer: to the user's words, or the first one of a new assignment. */
function owedSince(facts: Facts): number | null {
  const { waitingSince, replyOwedSince } = facts;
  if (waitingSince === null || replyOwedSince === null) return waitingSince ?? replyOwedSince;
  return Math.min(waitingSince, replyOwedSince);
}

export type Urgency = "calm" | "soon" | "late";

/** What the clock of a list row shows: what it counts, for how long, and how urgent that is. */
export interface Clock {
  readonly kind: "first_reply" | "waiting";
  readonly elapsedMs: number;
  readonly urgency: Urgency;
}

/** The clock of a conversation one serves; null while nobody waits for anything. */
export function clockOf({ facts, status }: Listed, now: number): Clock | null {
  if (status !== "active") return null;
  if (facts.replyOwedSince !== null) {
    const elapsedMs = Math.max(0, now - facts.replyOwedSince);
    return { kind: "first_reply", elapsedMs, urgency: graded(elapsedMs, FIRST_REPLY_SOON_MS, FIRST_REPLY_LATE_MS) };
  }
  if (facts.waitingSince === null) return null;
  const elapsedMs = Math.max(0, now - facts.waitingSince);
  return { kind: "waiting", elapsedMs, urgency: graded(elapsedMs, LATE_MS / 2, LATE_MS) };
}

function graded(elapsedMs: number, soonMs: number, lateMs: number): Urgency {
  if (elapsedMs >= lateMs) return "late";
  return elapsedMs >= soonMs ? "soon" : "calm";
}

/** The neighbour of a row in the order shown; at the ends it stays, with nothing chosen it begins. */
export function neighbour(order: readonly string[], selected: string | null, step: 1 | -1): string | null {
  const at = selected === null ? -1 : order.indexOf(selected);
  if (at < 0) return (step > 0 ? order[0] : order[order.length - 1]) ?? null;
  return order[Math.min(order.length - 1, Math.max(0, at + step))] ?? null;
}

/** The next conversation that waits for a reply, going round from the selected one. */
export function nextWaiting(mine: readonly Listed[], selected: string | null): string | null {
  const at = mine.findIndex((item) => item.id === selected);
  const around = [...mine.slice(at + 1), ...mine.slice(0, Math.max(0, at))];
  return around.find((item) => owedSince(item.facts) !== null)?.id ?? null;
}
