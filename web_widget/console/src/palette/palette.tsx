import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import type { Desk } from "../desk/desk.ts";
import { useLive } from "../desk/live.ts";
import { useModal } from "../dialogs/modal.ts";
import { focusOn } from "../desk/use_shortcuts.ts";
import { Glyph } from "../view/glyph.tsx";
import { choicesFor, GROUPS, type Choice, type Group, type Outside } from "./choices.ts";
import { best } from "./match.ts";

/** As many of each group as are shown before anything is typed, and in all afterwards. */
const FIRST: Readonly<Record<Group, number>> = { chats: 6, actions: 30, replies: 8, go: 10, settings: 10 };
const MANY = 30;

/** One field from which every chat, action and setting is a few letters away. */
export function Palette(outside: Outside): JSX.Element {
  const { desk, say } = useDesk();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const replies = useLive(({ selected, shelf }) => (selected === null ? null : shelf.of(selected)));
  const all = useMemo(() => choicesFor(desk, say, outside), [desk, say, replies]);
  const found = useMemo(() => shown(all, typed, desk, say("palette.search", { text: typed.trim() })), [all, typed]);
  const list = useRef<HTMLDivElement>(null);
  const { close, props: modal } = useModal();
  useEffect(() => {
    const { selected } = desk;
    if (selected !== null && desk.mayWrite(desk.row(selected))) desk.quietly(desk.shelf.load(selected));
  }, [desk]);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const choose = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    close();
    choice.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((now) => (now + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter") choose(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      {...modal}
      class="palette"
      aria-label={say("palette.open")}
      data-testid="palette"
    >
      <label class="palette-field">
        <Glyph name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found[at] === undefined ? undefined : `choice-${at}`}
          aria-label={say("palette.open")}
          placeholder={say("palette.placeholder")}
          value={typed}
          maxLength={200}
          autocomplete="off"
          autoFocus
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          data-testid="palette-input"
        />
      </label>
      <div ref={list} class="palette-list" id="palette-list" role="listbox" aria-label={say("palette.open")}>
        {found.map((choice, index) => (
          <ChoiceLine
            key={choice.id}
            choice={choice}
            id={`choice-${index}`}
            isChosen={index === at}
            heading={typed === "" && choice.group !== found[index - 1]?.group ? say(`palette.${choice.group}`) : null}
            onChoose={() => choose(choice)}
            onPoint={() => setAt(index)}
          />
        ))}
      </div>
    </dialog>
  );
}

interface LineProps {
  choice: Choice;
  id: string;
  isChosen: boolean;
  heading: string | null;
  onChoose: () => void;
  onPoint: () => void;
}

function ChoiceLine({ choice, id, isChosen, heading, onChoose, onPoint }: LineProps): JSX.Element {
  return (
    <>
      {heading !== null && (
        <p class="palette-group" role="presentation">
          {heading}
        </p>
      )}
      <div
        id={id}
        class="palette-choice"
        role="option"
        aria-selected={isChosen}
        onClick={onChoose}
        onMouseMove={onPoint}
        data-testid="palette-choice"
        data-id={choice.id}
      >
        <bdi class="palette-text">{choice.text}</bdi>
        {choice.detail !== undefined && <bdi class="palette-detail">{choice.detail}</bdi>}
        {choice.keys !== undefined && <kbd>{choice.keys}</kbd>}
      </div>
    </>
  );
}

/** A few of each group at first; once something is typed the best of all, and the search over messages. */
function shown(all: readonly Choice[], typed: string, desk: Desk, searchText: string): Choice[] {
  if (typed.trim() === "") return GROUPS.flatMap((group) => all.filter((one) => one.group === group).slice(0, FIRST[group]));
  const found = best(all, typed, ({ text, others, detail = "" }) => [text, ...others, detail]).slice(0, MANY);
  return desk.me.role === "admin" ? found : [...found, searchFor(typed.trim(), desk, searchText)];
}

function searchFor(query: string, desk: Desk, text: string): Choice {
  const run = (): void => {
    desk.search(query);
    if (desk.place.area !== "chats") desk.open("chats");
    desk.show({ pane: "search" });
    focusOn("search-input");
  };
  return { id: "search", group: "go", text, others: [], run, keys: "/" };
}
