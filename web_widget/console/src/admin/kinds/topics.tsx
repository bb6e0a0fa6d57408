import type { IntakeField, TopicItem } from "@chatserver/shared";
import { inLocale } from "../../desk/catalog.ts";
import { useDesk } from "../../desk/context.ts";
import { sameList, useLive } from "../../desk/live.ts";
import { BothRow, CheckRow, ChoiceRow, ListRow, NumberRow, TextRow } from "../fields.tsx";
import type { KindView } from "../shelf_page.tsx";
import { FIELD_KINDS, oneOf } from "../types.ts";
import { useWords } from "../words.ts";

const NOTHING = { zh: "", en: "" };
const USUAL_ORDER = 100;

export const topics: KindView<TopicItem> = {
  kind: "topics",
  hasCode: true,
  make: () => ({ title: NOTHING }),
  shipped: (desk) =>
    [...desk.catalog.topics.values()].map(({ id, zh, en, fields, skill }, index) => [
      id,
      { title: { zh, en }, order: (index + 1) * 10, fields, ...(skill !== undefined && { skill }) },
    ]),
  line: ({ title, fields = [], skill }, locale) => [inLocale(title, locale), fields.map(({ id }) => id).join(" · "), skill ?? ""],
  Form: ({ item, onChange }) => {
    const words = useWords();
    const { desk } = useDesk();
    const skills = useLive((one) => one.catalog.skillsOf(1), sameList);
    const choose = (skill: string): void => {
      const { skill: _before, ...rest } = item;
      onChange(skill === "" ? rest : { ...rest, skill });
    };
    const known = item.skill !== undefined && !skills.includes(item.skill) ? [item.skill, ...skills] : skills;
    return (
      <>
        <BothRow label={words("field.title")} value={item.title} onChange={(title) => onChange({ ...item, title })} testId="field-title" />
        <NumberRow label={words("field.order")} value={item.order ?? USUAL_ORDER} onChange={(order) => onChange({ ...item, order })} most={1_000} testId="field-order" />
        <ChoiceRow
          label={words("field.skill")}
          value={item.skill ?? ""}
          options={[{ value: "", text: words("field.none") }, ...known.map((value) => ({ value, text: value }))]}
          onChange={choose}
          isDisabled={desk.me.role !== "admin"}
        />
        <ListRow
          label={words("field.fields")}
          value={item.fields ?? []}
          onChange={(fields) => onChange({ ...item, fields: [...fields] })}
          make={(): IntakeField => ({ id: "", label: NOTHING, kind: "text" })}
          addText={words("do.add")}
          testId="question"
        >
          {(field, change) => <QuestionRows field={field} onChange={change} />}
        </ListRow>
      </>
    );
  },
};

function QuestionRows({ field, onChange }: { field: IntakeField; onChange: (field: IntakeField) => void }) {
  const words = useWords();
  const choose = (kind: string): void => {
    const { options: _before, ...rest } = field;
    onChange(kind === "choice" ? { ...rest, kind, options: [] } : { ...rest, kind: oneOf(FIELD_KINDS, kind) });
  };
  return (
    <>
      <TextRow label={words("field.code")} value={field.id} onChange={(id) => onChange({ ...field, id })} isRequired maxLength={64} pattern="[A-Za-z0-9_\-]+" testId="question-code" />
      <BothRow label={words("field.title")} value={field.label} onChange={(label) => onChange({ ...field, label })} testId="question-label" />
      <ChoiceRow
        label={words("field.kind")}
        value={field.kind}
        options={FIELD_KINDS.map((value) => ({ value, text: words(`kind.${value}`) }))}
        onChange={choose}
        testId="question-kind"
      />
      <CheckRow label={words("field.required")} value={field.required ?? false} onChange={(required) => onChange({ ...field, required })} />
      {field.options !== undefined && (
        <ListRow
          label={words("field.options")}
          value={field.options}
          onChange={(options) => onChange({ ...field, options: [...options] })}
          make={() => ({ id: "", label: NOTHING })}
          addText={words("do.add")}
          testId="option"
        >
          {(option, change) => (
            <>
              <TextRow label={words("field.code")} value={option.id} onChange={(id) => change({ ...option, id })} isRequired maxLength={64} pattern="[A-Za-z0-9_\-]+" />
              <BothRow label={words("field.title")} value={option.label} onChange={(label) => change({ ...option, label })} />
            </>
          )}
        </ListRow>
      )}
    </>
  );
}
