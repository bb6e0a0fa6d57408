/** What the board makes of the figures: pure. */
import { LATE_MS } from "../lists/sections.ts";
import type { BoardAgent as AgentNow, BoardConversation as ServedChat, BoardFigures } from "@chatserver/shared";

/** The figures that have a tile, in their order. */
export const TILES = ["started", "closed", "abandoned", "wait_s", "first_reply_s", "score"] as const satisfies (keyof BoardFigures)[];
export type Tile = (typeof TILES)[number];

/** One figure over the hours, with holes where nothing was measured. */
export function courseOf(hours: readonly BoardFigures[], tile: Tile): (number | null)[] {
  return hours.map((hour) => hour[tile]);
}

/**
 * The lines of a small chart within a box of this size, each without a hole: corners from left to right. A single value is a
 * short level line, so that it can be seen.
 */
export function linesOf(values: readonly (number | null)[], width: number, height: number): string[] {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...known), Math.max(...known, 0)];
  const step = width / Math.max(1, values.length - 1);
  const y = (value: number): number => (high === low ? height : height - ((value - low) / (high - low)) * height);
  const lines: string[][] = [[]];
  values.forEach((value, index) => {
    if (value === null) lines.push([]);
    else lines[lines.length - 1]?.push(`${round(index * step)},${round(y(value))}`);
  });
  return lines.filter((line) => line.length > 0).map((line) => (line.length > 1 ? line : lengthened(line)).join(" "));
}

function lengthened([corner = "0,0"]: string[]): string[] {
  const [x = "0", y = "0"] = corner.split(",");
  return [`${round(Math.max(0, Number(x) - 2))},${y}`, `${round(Number(x) + 2)},${y}`];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Since when the user of a chat waits for the agent; null when the agent spoke last. */
export function owedSince({ assigned_at: assigned, user_wrote_at: user, agent_wrote_at: agent }: ServedChat): number | null {
  if (agent === undefined) return assigned;
  return user !== undefined && user > agent ? user : null;
}

/** Whether a user waits too long for this agent. */
export function isLate(chat: ServedChat, now: number): boolean {
  const since = owedSince(chat);
  return since !== null && now - since >= LATE_MS;
}

const STATES = ["available", "away", "offline"];

/** Those who work first, the fullest on top; within that by name. */
export function inOrder(agents: readonly AgentNow[]): AgentNow[] {
  const load = ({ active, capacity }: AgentNow): number => (capacity === 0 ? 0 : active / capacity);
  return [...agents].sort((a, b) => STATES.indexOf(a.status) - STATES.indexOf(b.status) || load(b) - load(a) || a.name.localeCompare(b.name));
}
