import { sharedEnglish } from "@chatserver/shared";
import { en } from "./en.ts";

/** Everything the widget can say in English. */
export const texts = { ...sharedEnglish, ...en };
