import { sharedChinese } from "@chatserver/shared";
import { zh } from "./zh.ts";

/** Everything the widget can say in Chinese. */
export const texts = { ...sharedChinese, ...zh };
