/** Kinds that are little more than a name in both languages. */
import type { DeskText } from "@chatserver/shared";
import { inLocale } from "../../desk/catalog.ts";
import { BothRow, ChoiceRow } from "../fields.tsx";
import type { KindView } from "../shelf_page.tsx";
import { COLOURS, oneOf, type Kind, type WordItem } from "../types.ts";
import { useWords } from "../words.ts";

const NOTHING = { zh: "", en: "" };

/** A kind of which items have a name. */
export function named(kind: Kind): KindView<WordItem> {
  return {
    kind,
    hasCode: true,
    make: () => ({ name: NOTHING }),
    line: ({ name }, locale) => [inLocale(name, locale), inLocale(name, locale === "en" ? "zh-CN" : "en"), ""],
    Form: ({ item, onChange }) => {
      const words = useWords();
      return <BothRow label={words("field.name")} value={item.name} onChange={(name) => onChange({ ...item, name })} testId="field-name" />;
    },
  };
}

export const tags: KindView<WordItem> = {
  ...named("tags"),
  line: ({ name, colour }, locale) => [inLocale(name, locale), inLocale(name, locale === "en" ? "zh-CN" : "en"), colour ?? ""],
  Form: ({ item, onChange }) => {
    const words = useWords();
    return (
      <>
        <BothRow label={words("field.name")} value={item.name} onChange={(name) => onChange({ ...item, name })} testId="field-name" />
        <ChoiceRow
          label={words("field.colour")}
          value={item.colour ?? "grey"}
          options={COLOURS.map((value) => ({ value, text: words(`colour.${value}`) }))}
          onChange={(colour) => onChange({ ...item, colour: oneOf(COLOURS, colour) })}
          testId="field-colour"
        />
      </>
    );
  },
};

export const texts: KindView<DeskText> = {
  kind: "texts",
  hasCode: true,
  codes: {
    greeting: "text.greeting",
    waiting: "text.waiting",
    closed: "text.closed",
    message_left: "text.message_left",
    callback_taken: "text.callback_taken",
    farewell: "text.farewell",
  },
  make: () => ({ text: NOTHING }),
  line: ({ text }, locale) => ["", inLocale(text, locale), ""],
  Form: ({ item, onChange }) => {
    const words = useWords();
    return <BothRow label={words("field.text")} value={item.text} onChange={(text) => onChange({ text })} isLong maxLength={1_000} testId="field-text" />;
  },
};
