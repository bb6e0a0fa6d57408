/** Where somebody is in the console, as the address says it, so that a reload or a bookmark leads back: pure. */
import type { Profile } from "@chatserver/shared";

export const AREAS = ["chats", "board", "records", "admin"] as const;
export type Area = (typeof AREAS)[number];

/** An area, and within it the conversation or the page that is open. */
export interface Place {
  readonly area: Area;
  readonly at: string | null;
}

/** The areas of a role, the first of which opens after sign-in. */
export function areasOf(role: Profile["role"]): readonly Area[] {
  switch (role) {
    case "agent":
      return ["chats"];
    case "supervisor":
      return ["chats", "board", "records", "admin"];
    case "auditor":
      return ["chats", "records"];
    case "admin":
      return ["admin", "records"];
  }
}

/** The place that an address names, or the first one of the role where it names none that is open to it. */
export function placeOf(hash: string, role: Profile["role"]): Place {
  const [, named = "", at = ""] = /^#\/([a-z]+)(?:\/([\w-]{1,64}))?$/.exec(hash) ?? [];
  const areas = areasOf(role);
  const area = areas.find((one) => one === named);
  return area === undefined ? { area: areas[0] ?? "chats", at: null } : { area, at: at === "" ? null : at };
}

export function hashOf({ area, at }: Place): string {
  return at === null ? `#/${area}` : `#/${area}/${at}`;
}
