import { basics } from "@chatserver/shared/texts/basics_zh";
import { first } from "./first_zh.ts";

/** Everything that is said before there is a conversation, in Chinese. */
export const texts = { ...basics, ...first };
