import { talk } from "@chatserver/shared/texts/talk_en";
import { rest } from "./rest_en.ts";

/** Everything else, in English. */
export const texts = { ...talk, ...rest };
