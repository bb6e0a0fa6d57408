import { newKey } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { momentText } from "../time.ts";
import { TextRow } from "./fields.tsx";
import { Refused } from "./refused.tsx";
import type { KindView } from "./shelf_page.tsx";
import type { Shelved } from "./types.ts";
import type { Shelf } from "./use_shelf.ts";
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
  const name = `admin.${view.kind}.${kept?.id ?? "new"}`;
  const draft = parsed<Item>(desk.client.keepsake.get(name));
  const [wasUnsaved] = useState(draft !== null);
  const [item, setItem] = useState<Item>(draft ?? kept?.item ?? view.make());
  const [code, setCode] = useState(() => kept?.id ?? (view.hasCode ? "" : newKey().slice(0, CODE_LENGTH)));
  const [isSure, setSure] = useState(false);
  const mayChange = desk.me.role === "admin";
  const change = (changed: Item): void => {
    setItem(changed);
    desk.client.keepsake.set(name, JSON.stringify(changed));
  };
  const leave = (): void => {
    desk.client.keepsake.set(name, null);
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
      {wasUnsaved && <p class="hint">{words("told.unsaved")}</p>}
      <fieldset class="item-rows" disabled={!mayChange}>
        {view.hasCode && kept === null && (
          <TextRow label={words("field.code")} hint={words("field.code_hint")} value={code} onChange={setCode} isRequired maxLength={64} pattern="[A-Za-z0-9_\-]+" testId="field-code" />
        )}
        <view.Form item={item} onChange={change} />
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

function parsed<Item>(text: string | null): Item | null {
  try {
    return text === null ? null : (JSON.parse(text) as Item);
  } catch {
    return null;
  }
}
