import { basics } from "./basics_en.ts";
import { desk } from "./desk_en.ts";
import { errors } from "./errors_en.ts";
import { talk } from "./talk_en.ts";

/** What both faces say, in English. */
export const en = { ...basics, ...errors, ...talk, ...desk };

export type SharedKey = keyof typeof en;
