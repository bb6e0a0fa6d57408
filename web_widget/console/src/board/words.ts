import { createTranslator, type Texts } from "@chatserver/shared";
import { useMemo } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { en, type BoardKey } from "./texts/en.ts";
import { zh } from "./texts/zh.ts";

const texts: Texts<BoardKey> = { en, "zh-CN": zh };

/** What the board says, in the language of the console. */
export function useWords(): ReturnType<typeof createTranslator<BoardKey>> {
  const { say } = useDesk();
  return useMemo(() => createTranslator(say.locale, texts), [say.locale]);
}
