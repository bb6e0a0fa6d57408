import { newKey } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { momentText } from "../time.ts";
import { ChoiceRow, TextRow } from "./fields.tsx";
import { Refused } from "./refused.tsx";
import type { KindView } from "./shelf_page.tsx";
import type { Shelved } from "./types.ts";
import type { Shelf } from "./use_shelf.ts";
import { useUnsaved } from "./use_unsaved.ts";
import type { AdminKey } from "./texts/en.ts";
import { useWords } from "./words.ts";

/** Short enough to read out, long enough never to meet another. */
const CODE_LENGTH = 10;

export interface ItemFormProps<Item> {
  view: KindView<Item>;
  shelf: Shelf<Item>;
  /** What is kept now; null for a new item. */
  kept: Shelved<Item> | null;
  onClose: () => void;
}

/** One item to be changed; what was typed and not saved is there again after a reload. */
export function ItemForm<Item>({ view, shelf, kept, onClose }: ItemFormProps<Item>): JSX.Element {
  const { desk, say } = useDesk();
  const words = useWords();
  const unsaved = useUnsaved(`${view.kind}.${kept?.id ?? "new"}`, {
    code: kept?.id ?? firstCode(view, shelf),
    item: kept?.item ?? view.make(),
  });
  const { code, item } = unsaved.value;
  const [isSure, setSure] = useState(false);
  const mayChange = desk.me.role === "admin";
  const leave = (): void => {
    unsaved.forget();
    onClose();
  };
  const save = async (): Promise<void> => {
    if (await shelf.put(code, item)) leave();
  };
  const remove = async (): Promise<void> => {
    if (!isSure) return setSure(true);
    if (kept !== null && (await shelf.remove(kept.id))) leave();
  };
  return (
    <form
      class="item-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      data-testid="item-form"
    >
      {unsaved.wasUnsaved && <p class="hint">{words("told.unsaved")}</p>}
      <fieldset class="item-rows" disabled={!mayChange}>
        {view.codes !== undefined && kept === null && (
          <ChoiceRow
            label={words("field.moment")}
            value={code}
            options={freeCodes(view.codes, shelf).map(([value, text]) => ({ value, text: words(text) }))}
            onChange={(chosen) => unsaved.change({ code: chosen, item })}
            testId="field-code"
          />
        )}
        {view.hasCode && view.codes === undefined && kept === null && (
          <TextRow label={words("field.code")} hint={words("field.code_hint")} value={code} onChange={(typed) => unsaved.change({ code: typed, item })} isRequired maxLength={64} pattern="[A-Za-z0-9_\-]+" testId="field-code" />
        )}
        <view.Form item={item} onChange={(changed) => unsaved.change({ code, item: changed })} />
      </fieldset>
      <Refused refused={shelf.refused} />
      <div class="item-buttons">
        {mayChange && (
          <Button type="submit" kind="primary" isSmall disabled={shelf.isBusy} testId="admin-save">
            {words("do.save")}
          </Button>
        )}
        <Button isSmall onClick={leave} testId="admin-cancel">
          {words("do.cancel")}
        </Button>
        {kept !== null && (
          <span class="quiet">{words("told.changed", { time: momentText(kept.at, say.locale), name: kept.by.name, version: kept.version })}</span>
        )}
        {mayChange && kept !== null && (
          <Button kind="danger" isSmall disabled={shelf.isBusy} onClick={() => void remove()} testId="admin-delete">
            {words(isSure ? "do.really_delete" : "do.delete")}
          </Button>
        )}
      </div>
    </form>
  );
}

/** Of the only codes that there can be, those that nothing stands under yet. */
function freeCodes<Item>(codes: Readonly<Record<string, AdminKey>>, { items }: Shelf<Item>): [string, AdminKey][] {
  const taken = new Set(Array.isArray(items) ? items.map(({ id }) => id) : []);
  return Object.entries(codes).filter(([code]) => !taken.has(code));
}

function firstCode<Item>({ codes, hasCode }: KindView<Item>, shelf: Shelf<Item>): string {
  if (codes !== undefined) return freeCodes(codes, shelf)[0]?.[0] ?? "";
  return hasCode ? "" : newKey().slice(0, CODE_LENGTH);
}
