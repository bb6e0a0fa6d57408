import { createTranslator, type Texts, type Translate } from "@chatserver/shared";
import { useMemo } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { en, type AdminKey } from "./texts/en.ts";
import { zh } from "./texts/zh.ts";

const texts: Texts<AdminKey> = { en, "zh-CN": zh };

/** What administration says, in the language of the console. */
export function useWords(): Translate<AdminKey> {
  const { say } = useDesk();
  return useMemo(() => createTranslator(say.locale, texts), [say.locale]);
}
