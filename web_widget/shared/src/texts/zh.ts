import { basics } from "./basics_zh.ts";
import { desk } from "./desk_zh.ts";
import type { SharedKey } from "./en.ts";
import { errors } from "./errors_zh.ts";
import { talk } from "./talk_zh.ts";

/** What both faces say, in Chinese. */
export const zh: Record<SharedKey, string> = { ...basics, ...errors, ...talk, ...desk };
