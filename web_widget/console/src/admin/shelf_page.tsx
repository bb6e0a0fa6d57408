import type { Locale } from "@chatserver/shared";
import { Button, Skeleton } from "@chatserver/shared/ui";
import type { ComponentType, JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import type { Desk } from "../desk/desk.ts";
import { best } from "../palette/match.ts";
import { ItemForm } from "./item_form.tsx";
import type { AdminKey } from "./texts/en.ts";
import type { Kind, Shelved } from "./types.ts";
import { useShelf, type Shelf } from "./use_shelf.ts";
import { useWords } from "./words.ts";

export interface FormProps<Item> {
  item: Item;
  onChange: (item: Item) => void;
}

/** How one kind is shown and changed. */
export interface KindView<Item> {
  readonly kind: Kind;
  readonly make: () => Item;
  /** Whether its code is chosen by hand; else it is made up. */
  readonly hasCode: boolean;
  /** The only codes that there can be, with the words for them; left out: any. */
  readonly codes?: Readonly<Record<string, AdminKey>>;
  /** What the product ships while there is nothing of one's own, to begin with. */
  readonly shipped?: (desk: Desk) => readonly (readonly [string, Item])[];
  /** Headline, detail and a short mark of a line. */
  readonly line: (item: Item, locale: Locale) => readonly [string, string, string];
  readonly Form: ComponentType<FormProps<Item>>;
}

/** More than this are easier found than seen. */
const FILTERED = 8;

/** All items of a kind, and the form of the one that is open. */
export function ShelfPage<Item>({ view }: { view: KindView<Item> }): JSX.Element {
  const { desk, say } = useDesk();
  const words = useWords();
  const shelf = useShelf<Item>(view.kind);
  const [open, setOpen] = useState<string | "new" | null>(null);
  const [typed, setTyped] = useState("");
  const mayChange = desk.me.role === "admin";
  const { items } = shelf;
  if (items === null) return <Skeleton lines={5} />;
  if (items === "failed") return <p class="hint hint-danger">{words("told.failed")}</p>;
  const lines = best(items, typed, ({ id, item }) => [...view.line(item, say.locale), id]);
  const opened = items.find(({ id }) => id === open) ?? null;
  const close = (): void => {
    shelf.forgive();
    setOpen(null);
  };
  return (
    <>
      <div class="admin-tools">
        {items.length > FILTERED && (
          <input
            type="search"
            class="admin-filter"
            placeholder={words("do.filter")}
            aria-label={words("do.filter")}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            data-testid="admin-filter"
          />
        )}
        {mayChange && (view.codes === undefined || items.length < Object.keys(view.codes).length) && (
          <Button kind="primary" isSmall onClick={() => setOpen("new")} testId="admin-new">
            {words("do.new")}
          </Button>
        )}
      </div>
      {items.length === 0 && open === null && <Empty view={view} shelf={shelf} />}
      {open === "new" && <ItemForm view={view} shelf={shelf} kept={null} onClose={close} />}
      <ul class="shelf" data-testid="shelf">
        {lines.map((one) => (
          <li key={one.id}>
            {opened?.id === one.id ? (
              <ItemForm view={view} shelf={shelf} kept={one} onClose={close} />
            ) : (
              <Line view={view} one={one} onOpen={() => setOpen(one.id)} />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Nothing of one's own: what counts meanwhile, and how to begin with it. */
function Empty<Item>({ view, shelf }: { view: KindView<Item>; shelf: Shelf<Item> }): JSX.Element {
  const { desk } = useDesk();
  const words = useWords();
  const shipped = view.shipped?.(desk) ?? [];
  if (shipped.length === 0) return <p class="lists-empty">{words("told.empty")}</p>;
  const take = async (): Promise<void> => {
    for (const [id, item] of shipped) if (!(await shelf.put(id, item))) return;
  };
  return (
    <div class="lists-empty" data-testid="shipped">
      <p>{words("told.shipped", { count: shipped.length })}</p>
      {desk.me.role === "admin" && (
        <Button isSmall disabled={shelf.isBusy} onClick={() => void take()} testId="take-shipped">
          {words("do.take_shipped")}
        </Button>
      )}
    </div>
  );
}

function Line<Item>({ view, one, onOpen }: { view: KindView<Item>; one: Shelved<Item>; onOpen: () => void }): JSX.Element {
  const { say } = useDesk();
  const words = useWords();
  const [line, detail, mark] = view.line(one.item, say.locale);
  const code = view.codes?.[one.id];
  const title = code === undefined ? line : words(code);
  return (
    <button type="button" class="shelf-line" onClick={onOpen} data-testid="shelf-item" data-id={one.id}>
      <bdi class="shelf-title">{title || one.id}</bdi>
      {mark !== "" && <bdi class="row-topic">{mark}</bdi>}
      <bdi class="shelf-detail">{detail}</bdi>
    </button>
  );
}
