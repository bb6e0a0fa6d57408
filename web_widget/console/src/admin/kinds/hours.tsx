import type { Holiday, Hours, Interval } from "@chatserver/shared";
import type { JSX } from "preact";
import { inLocale } from "../../desk/catalog.ts";
import { useDesk } from "../../desk/context.ts";
import { BothRow, ChoiceRow, TextRow } from "../fields.tsx";
import type { KindView } from "../shelf_page.tsx";
import { DAYS, TIERS } from "../types.ts";
import { useWords } from "../words.ts";

const NOTHING = { zh: "", en: "" };
const USUAL: Interval = { from: "09:00", until: "18:00" };

export const hours: KindView<Hours> = {
  kind: "hours",
  hasCode: true,
  make: () => ({ time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, week: { mon: [USUAL], tue: [USUAL], wed: [USUAL], thu: [USUAL], fri: [USUAL] } }),
  line: ({ week, time_zone: zone, skill, tier }) => [
    "",
    `${DAYS.filter((day) => (week[day] ?? []).length > 0).length}/7 · ${zone}`,
    [tier === undefined ? "" : `T${tier}`, skill ?? ""].filter(Boolean).join(" "),
  ],
  Form: ({ item, onChange }) => {
    const words = useWords();
    const { say } = useDesk();
    const choose = (tier: string): void => {
      const { tier: _before, ...rest } = item;
      onChange(tier === "" ? rest : { ...rest, tier: Number(tier) });
    };
    const name = (skill: string): void => {
      const { skill: _before, ...rest } = item;
      onChange(skill === "" ? rest : { ...rest, skill });
    };
    return (
      <>
        <div class="side-by-side">
          <TextRow label={words("field.time_zone")} value={item.time_zone} onChange={(zone) => onChange({ ...item, time_zone: zone })} isRequired maxLength={64} testId="field-zone" />
          <ChoiceRow
            label={words("field.tier")}
            value={item.tier === undefined ? "" : String(item.tier)}
            options={[{ value: "", text: words("field.any") }, ...TIERS.map((tier) => ({ value: String(tier), text: say(`tier_name.${tier}`) }))]}
            onChange={choose}
          />
          <TextRow label={words("field.skill")} value={item.skill ?? ""} onChange={name} maxLength={64} testId="field-skill" />
        </div>
        <fieldset class="week">
          <legend>{words("field.week")}</legend>
          {DAYS.map((day) => (
            <div key={day} class="day-row" data-testid={`day-${day}`}>
              <b>{words(`day.${day}`)}</b>
              <Intervals value={item.week[day] ?? []} onChange={(intervals) => onChange({ ...item, week: { ...item.week, [day]: intervals } })} label={words(`day.${day}`)} />
            </div>
          ))}
        </fieldset>
      </>
    );
  },
};

export const holidays: KindView<Holiday> = {
  kind: "holidays",
  hasCode: true,
  make: () => ({ name: NOTHING, from: "", until: "" }),
  line: ({ name, from, until }, locale) => [inLocale(name, locale), from === until ? from : `${from} – ${until}`, ""],
  Form: ({ item, onChange }) => {
    const words = useWords();
    const open = (intervals: Interval[]): void => {
      const { open: _before, ...rest } = item;
      onChange(intervals.length === 0 ? rest : { ...rest, open: intervals });
    };
    return (
      <>
        <BothRow label={words("field.name")} value={item.name} onChange={(name) => onChange({ ...item, name })} testId="field-name" />
        <div class="side-by-side">
          <TextRow type="date" label={words("field.from")} value={item.from} onChange={(from) => onChange({ ...item, from, until: item.until || from })} isRequired testId="field-from" />
          <TextRow type="date" label={words("field.until")} value={item.until} onChange={(until) => onChange({ ...item, until })} isRequired testId="field-until" />
        </div>
        <div class="day-row">
          <b>{words("field.open")}</b>
          <Intervals value={item.open ?? []} onChange={open} label={words("field.open")} />
        </div>
      </>
    );
  },
};

interface IntervalsProps {
  value: readonly Interval[];
  onChange: (intervals: Interval[]) => void;
  /** What the times are of, for those who cannot see the row. */
  label: string;
}

/** Any number of intervals of a day. */
function Intervals({ value, onChange, label }: IntervalsProps): JSX.Element {
  const words = useWords();
  const at = (index: number, change: Partial<Interval>): void => onChange(value.map((one, place) => (place === index ? { ...one, ...change } : one)));
  const last = value[value.length - 1];
  const next = last === undefined ? USUAL : { from: last.until, until: last.until < "18:00" ? "18:00" : "24:00" };
  return (
    <span class="intervals">
      {value.length === 0 && <span class="quiet">{words("field.closed")}</span>}
      {value.map(({ from, until }, index) => (
        <span key={index} class="interval">
          <TimeBox label={`${label} ${words("field.from")}`} value={from} onChange={(time) => at(index, { from: time })} />
          –
          <TimeBox label={`${label} ${words("field.until")}`} value={until} onChange={(time) => at(index, { until: time })} />
          <button type="button" class="link" aria-label={words("do.remove")} onClick={() => onChange(value.filter((_, place) => place !== index))}>
            ×
          </button>
        </span>
      ))}
      <button type="button" class="link" onClick={() => onChange([...value, next])} data-testid="add-interval">
        + {words("do.add_interval")}
      </button>
    </span>
  );
}

/** A time of day in 24 hours, whatever the browser's own box for times would make of it. */
function TimeBox({ label, value, onChange }: { label: string; value: string; onChange: (time: string) => void }): JSX.Element {
  return (
    <input
      type="text"
      inputMode="numeric"
      required
      pattern="([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
      maxLength={5}
      placeholder="09:00"
      aria-label={label}
      value={value}
      onInput={(event) => onChange(event.currentTarget.value.replace("：", ":"))}
    />
  );
}
