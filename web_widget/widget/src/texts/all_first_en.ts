import { basics } from "@chatserver/shared/texts/basics_en";
import { first } from "./first_en.ts";

/** Everything that is said before there is a conversation, in English. */
export const texts = { ...basics, ...first };
