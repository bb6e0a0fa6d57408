import { errors } from "@chatserver/shared/texts/errors_en";
import { talk } from "@chatserver/shared/texts/talk_en";
import { chat } from "./chat_en.ts";

/** Everything that is said within a conversation, in English. */
export const texts = { ...errors, ...talk, ...chat };
