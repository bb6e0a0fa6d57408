/** What administrators arrange: the generated types, and what the forms add to them. */
import type { AgentAccount, IntakeField, KeptTag, Macro, Routes, Tag, Week } from "@chatserver/shared";

type AdminPath = Extract<keyof Routes, `GET /api/v1/admin/${string}`>;
type Named<Path> = Path extends `GET /api/v1/admin/${infer Kind}` ? (Kind extends `${string}/${string}` ? never : Kind) : never;

/** The shelves of the desk: lists of things of one kind, each with an id and its versions. */
export type Kind = Exclude<Named<AdminPath>, "agents" | "routing">;

/** An item as it is kept, whatever its kind. */
export type Shelved<Item> = Omit<KeptTag, "item"> & { item: Item };

export type Step = Macro["actions"][number];

/** What has a name, and perhaps a colour. */
export type WordItem = Pick<Tag, "name" | "colour">;
export type Colour = NonNullable<Tag["colour"]>;
export const COLOURS = ["grey", "blue", "green", "amber", "red", "violet"] as const satisfies readonly Colour[];

export const FIELD_KINDS = ["text", "long", "amount", "time", "order", "choice"] as const satisfies readonly IntakeField["kind"][];
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const satisfies readonly (keyof Week)[];
export const ROLES = ["agent", "supervisor", "admin", "auditor"] as const satisfies readonly AgentAccount["role"][];
export const TIERS = [1, 2] as const;

/** The one of the words that somebody chose in a form. */
export function oneOf<Word extends string>(words: readonly Word[], chosen: string): Word {
  const found = words.find((word) => word === chosen) ?? words[0];
  if (found === undefined) throw new Error("there is nothing to choose from");
  return found;
}
