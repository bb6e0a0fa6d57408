import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import type { Pane } from "../desk/desk.ts";
import type { Row } from "../desk/rows.ts";
import type { ConsoleKey } from "../texts/en.ts";
import { Offers } from "./offers.tsx";
import { ConversationRow } from "./conversation_row.tsx";
import { SearchPane } from "./search_pane.tsx";

/** The left pane: what is on the desk, or what was found. */
export function Lists(): JSX.Element {
  const { desk, say } = useDesk();
  const panes: Pane[] = desk.isAuditor ? ["search"] : ["desk", "search"];
  return (
    <nav class="lists" aria-label={say("lists.label")}>
      <div class="tabs" role="group" aria-label={say("lists.label")}>
        {panes.map((pane) => (
          <button
            key={pane}
            type="button"
            aria-pressed={desk.pane === pane}
            onClick={() => desk.show({ pane })}
            data-testid={`tab-${pane}`}
          >
            {say(`lists.${pane}`)}
          </button>
        ))}
      </div>
      {desk.pane === "desk" ? <DeskPane /> : <SearchPane />}
    </nav>
  );
}

function DeskPane(): JSX.Element {
  const { desk, say } = useDesk();
  const { mine, joined, handedOff, closed } = desk.sections;
  return (
    <div class="lists-scroll">
      <Offers />
      <Section title="lists.mine" rows={mine} isAlways>
        <p class="lists-empty">{say("lists.empty")}</p>
      </Section>
      <Section title="lists.joined" rows={joined} />
      <Section title="lists.handed_off" rows={handedOff} />
      <Section title="lists.closed" rows={closed} />
    </div>
  );
}

interface SectionProps {
  title: ConsoleKey;
  rows: readonly Row[];
  /** Shown without rows too, with the children in their place. */
  isAlways?: boolean;
  children?: JSX.Element;
}

function Section({ title, rows, isAlways = false, children }: SectionProps): JSX.Element | null {
  const { say } = useDesk();
  if (rows.length === 0 && !isAlways) return null;
  return (
    <section class="list" data-testid={title.replace(".", "-")}>
      <h2>
        {say(title)}
        {rows.length > 0 && <span class="list-count">{rows.length}</span>}
      </h2>
      {rows.length === 0 ? children : <ul>{rows.map((row) => <ConversationRow key={row.id} row={row} />)}</ul>}
    </section>
  );
}
