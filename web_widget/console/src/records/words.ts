import { createTranslator, type Texts, type Translate } from "@chatserver/shared";
import { useMemo } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { en, type RecordsKey } from "./texts/en.ts";
import { zh } from "./texts/zh.ts";

const texts: Texts<RecordsKey> = { en, "zh-CN": zh };

/** What the records say, in the language of the console. */
export function useWords(): Translate<RecordsKey> {
  const { say } = useDesk();
  return useMemo(() => createTranslator(say.locale, texts), [say.locale]);
}
