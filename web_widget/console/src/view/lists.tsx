import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import type { Pane } from "../desk/desk.ts";
import { sameList, useLive } from "../desk/live.ts";
import type { Row } from "../desk/rows.ts";
import type { Sections } from "../lists/sections.ts";
import type { ConsoleKey } from "../texts/en.ts";
import { ConversationRow } from "./conversation_row.tsx";
import { Consults } from "./consults.tsx";
import { Offers } from "./offers.tsx";
import { QueuePane } from "./queue_pane.tsx";
import { ClosedPane, SearchPane } from "./search_pane.tsx";

/** The left pane: what is on the desk, who waits, what has ended, or what was found. */
export function Lists(): JSX.Element {
  const { desk, say } = useDesk();
  const panes: readonly Pane[] = desk.serves ? ["desk", "queue", "closed", "search"] : ["search"];
  const pane = useLive((one) => one.pane);
  return (
    <nav class="lists" aria-label={say("lists.label")}>
      {panes.length > 1 && (
        <div class="tabs" role="group" aria-label={say("lists.label")}>
          {panes.map((one) => (
            <button key={one} type="button" aria-pressed={pane === one} onClick={() => desk.show({ pane: one })} data-testid={`tab-${one}`}>
              {say(`lists.${one}`)}
            </button>
          ))}
        </div>
      )}
      <PaneView pane={pane} />
    </nav>
  );
}

function PaneView({ pane }: { pane: Pane }): JSX.Element {
  switch (pane) {
    case "desk":
      return <DeskPane />;
    case "queue":
      return <QueuePane />;
    case "closed":
      return <ClosedPane />;
    case "search":
      return <SearchPane />;
  }
}

function DeskPane(): JSX.Element {
  const { say } = useDesk();
  return (
    <div class="lists-scroll">
      <Offers />
      <Consults />
      <Section title="lists.mine" of="mine" isAlways>
        <p class="lists-empty">{say("lists.empty")}</p>
      </Section>
      <Section title="lists.joined" of="joined" />
      <Section title="lists.helping" of="helping" />
      <Section title="lists.watched" of="watched" />
      <Section title="lists.handed_off" of="handedOff" />
      <Section title="lists.recent" of="closed" />
    </div>
  );
}

interface SectionProps {
  title: ConsoleKey;
  of: keyof Sections<Row>;
  /** Shown without rows too, with the children in their place. */
  isAlways?: boolean;
  children?: JSX.Element;
}

function Section({ title, of, isAlways = false, children }: SectionProps): JSX.Element | null {
  const { say } = useDesk();
  const rows = useLive<readonly Row[]>((desk) => desk.sections[of], sameList);
  if (rows.length === 0 && !isAlways) return null;
  return (
    <section class="list" data-testid={title.replace(".", "-")}>
      <h2>
        {say(title)}
        {rows.length > 0 && <span class="list-count">{rows.length}</span>}
      </h2>
      {rows.length === 0 ? (
        children
      ) : (
        <ul>
          {rows.map((row) => (
            <ConversationRow key={row.id} row={row} />
          ))}
        </ul>
      )}
    </section>
  );
}
