import { talk } from "@chatserver/shared/texts/talk_zh";
import { rest } from "./rest_zh.ts";

/** Everything else, in Chinese. */
export const texts = { ...talk, ...rest };
