import { errors } from "@chatserver/shared/texts/errors_zh";
import { talk } from "@chatserver/shared/texts/talk_zh";
import { chat } from "./chat_zh.ts";

/** Everything that is said within a conversation, in Chinese. */
export const texts = { ...errors, ...talk, ...chat };
