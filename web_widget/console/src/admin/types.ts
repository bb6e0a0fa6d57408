/** What administrators arrange, as the server keeps it. */
import type { Both } from "../desk/catalog.ts";
import type { Profile } from "../auth/credentials.ts";

/** The shelves of the desk: lists of things of one kind, each with an id and its versions. */
export const KINDS = ["canned-replies", "macros", "tags", "dispositions", "away-reasons", "topics", "hours", "holidays", "texts", "skills"] as const;
export type Kind = (typeof KINDS)[number];

export interface Shelved<Item> {
  id: string;
  version: number;
  at: number;
  by: { id: string; name: string };
  item: Item;
}

export interface CannedReply {
  shortcut: string;
  title: Both;
  text: Both;
  topic?: string;
}

export type Step =
  | { do: "reply"; reply: string }
  | { do: "tag"; tag: string }
  | { do: "note"; text: string }
  | { do: "hand_off"; to_tier: number; reason: string }
  | { do: "close"; disposition?: string };

export interface MacroItem {
  shortcut: string;
  title: Both;
  actions: Step[];
}

export interface WordItem {
  name: Both;
  colour?: string;
}

export const FIELD_KINDS = ["text", "long", "amount", "time", "order", "choice"] as const;

export interface TopicField {
  id: string;
  label: Both;
  kind: (typeof FIELD_KINDS)[number];
  required?: boolean;
  hint?: Both;
  options?: { id: string; label: Both }[];
}

export interface TopicItem {
  title: Both;
  /** The lower, the sooner it is shown. */
  order?: number;
  skill?: string;
  fields?: TopicField[];
}

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

/** Times of day, `09:00`. */
export interface Interval {
  from: string;
  until: string;
}

export interface HoursItem {
  time_zone: string;
  tier?: number;
  skill?: string;
  week: Partial<Record<Day, Interval[]>>;
}

/** Days as `2026-10-01`, both included. */
export interface HolidayItem {
  name: Both;
  from: string;
  until: string;
  open?: Interval[];
}

export interface TextItem {
  text: Both;
}

/** Seconds; 0, or nothing, turns a rule off. */
export interface RoutingSettings {
  wrap_up_s?: number;
  disposition_required?: boolean;
  remind_after_s?: number;
  close_after_s?: number;
  park_after_s?: number;
  close_bot_after_s?: number;
}

export interface Account {
  id: string;
  email: string;
  name: string;
  role: Profile["role"];
  tier: number;
  capacity: number;
  skills: string[];
  disabled: boolean;
}
