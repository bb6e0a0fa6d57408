import type { CannedReply, Macro } from "@chatserver/shared";
import { inLocale } from "../../desk/catalog.ts";
import { useDesk } from "../../desk/context.ts";
import { BothRow, ChoiceRow, ListRow, TextRow } from "../fields.tsx";
import type { KindView } from "../shelf_page.tsx";
import type { Step, WordItem } from "../types.ts";
import { useShelf } from "../use_shelf.ts";
import { useWords } from "../words.ts";

const NOTHING = { zh: "", en: "" };

export const cannedReplies: KindView<CannedReply> = {
  kind: "canned-replies",
  hasCode: false,
  make: () => ({ shortcut: "", title: NOTHING, text: NOTHING }),
  line: ({ title, text, shortcut }, locale) => [inLocale(title, locale), inLocale(text, locale), `/${shortcut}`],
  Form: ({ item, onChange }) => {
    const { desk, say } = useDesk();
    const words = useWords();
    const topics = [...desk.catalog.topics.keys()].map((value) => ({ value, text: desk.catalog.topicText(value, say.locale) }));
    const choose = (topic: string): void => {
      const { topic: _before, ...rest } = item;
      onChange(topic === "" ? rest : { ...rest, topic });
    };
    return (
      <>
        <TextRow label={words("field.shortcut")} value={item.shortcut} onChange={(shortcut) => onChange({ ...item, shortcut })} isRequired maxLength={32} testId="field-shortcut" />
        <BothRow label={words("field.title")} value={item.title} onChange={(title) => onChange({ ...item, title })} testId="field-title" />
        <BothRow label={words("field.text")} value={item.text} onChange={(text) => onChange({ ...item, text })} isLong maxLength={4_000} testId="field-text" />
        <ChoiceRow label={words("field.topic")} value={item.topic ?? ""} options={[{ value: "", text: words("field.any") }, ...topics]} onChange={choose} testId="field-topic" />
      </>
    );
  },
};

const STEPS = ["reply", "tag", "note", "hand_off", "close"] as const;

function stepOf(kind: string): Step {
  switch (kind) {
    case "tag":
      return { do: "tag", tag: "" };
    case "note":
      return { do: "note", text: "" };
    case "hand_off":
      return { do: "hand_off", to_tier: 2, reason: "" };
    case "close":
      return { do: "close" };
    default:
      return { do: "reply", reply: "" };
  }
}

export const macros: KindView<Macro> = {
  kind: "macros",
  hasCode: false,
  make: () => ({ shortcut: "", title: NOTHING, actions: [] }),
  line: ({ title, actions, shortcut }, locale) => [inLocale(title, locale), actions.map((step) => step.do).join(" → "), shortcut],
  Form: ({ item, onChange }) => {
    const words = useWords();
    return (
      <>
        <TextRow label={words("field.shortcut")} value={item.shortcut} onChange={(shortcut) => onChange({ ...item, shortcut })} isRequired maxLength={32} testId="field-shortcut" />
        <BothRow label={words("field.title")} value={item.title} onChange={(title) => onChange({ ...item, title })} testId="field-title" />
        <ListRow
          label={words("field.steps")}
          value={item.actions}
          onChange={(actions) => onChange({ ...item, actions: [...actions] })}
          make={() => stepOf("reply")}
          addText={words("do.add")}
          testId="step"
        >
          {(step, change) => <StepRows step={step} onChange={change} />}
        </ListRow>
      </>
    );
  },
};

function StepRows({ step, onChange }: { step: Step; onChange: (step: Step) => void }) {
  const words = useWords();
  return (
    <>
      <ChoiceRow
        label={words("field.kind")}
        value={step.do}
        options={STEPS.map((value) => ({ value, text: words(`step.${value}`) }))}
        onChange={(kind) => onChange(stepOf(kind))}
        testId="step-kind"
      />
      <StepDetail step={step} onChange={onChange} />
    </>
  );
}

function StepDetail({ step, onChange }: { step: Step; onChange: (step: Step) => void }) {
  const words = useWords();
  switch (step.do) {
    case "reply":
      return <ShelfChoice label={words("field.reply")} kind="canned-replies" value={step.reply} onChange={(reply) => onChange({ ...step, reply })} />;
    case "tag":
      return <ShelfChoice label={words("field.tag")} kind="tags" value={step.tag} onChange={(tag) => onChange({ ...step, tag })} />;
    case "note":
      return <TextRow label={words("field.text")} value={step.text} onChange={(text) => onChange({ ...step, text })} isRequired isLong maxLength={4_000} />;
    case "hand_off":
      return <TextRow label={words("field.reason")} value={step.reason} onChange={(reason) => onChange({ ...step, reason })} isRequired />;
    case "close": {
      const choose = (disposition: string): void => onChange(disposition === "" ? { do: "close" } : { do: "close", disposition });
      return <ShelfChoice label={words("field.outcome")} kind="dispositions" value={step.disposition ?? ""} onChange={choose} />;
    }
  }
}

interface ShelfChoiceProps {
  label: string;
  kind: "canned-replies" | "tags" | "dispositions";
  value: string;
  onChange: (id: string) => void;
}

/** One of the things of another kind, or none. */
function ShelfChoice({ label, kind, value, onChange }: ShelfChoiceProps) {
  const { say } = useDesk();
  const words = useWords();
  const { items } = useShelf<Partial<CannedReply & WordItem>>(kind);
  const known = Array.isArray(items) ? items : [];
  const options = known.map(({ id, item }) => ({ value: id, text: inLocale(item.title ?? item.name ?? NOTHING, say.locale) || id }));
  return <ChoiceRow label={label} value={value} options={[{ value: "", text: words("field.none") }, ...options]} onChange={onChange} />;
}
