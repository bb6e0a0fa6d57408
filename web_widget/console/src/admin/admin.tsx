import "../styles/admin.css";
import type { ComponentType, JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { AgentsPage } from "./agents.tsx";
import { holidays, hours } from "./kinds/hours.tsx";
import { cannedReplies, macros } from "./kinds/replies.tsx";
import { topics } from "./kinds/topics.tsx";
import { named, tags, texts } from "./kinds/words.tsx";
import { RoutingPage } from "./routing.tsx";
import { ShelfPage, type KindView } from "./shelf_page.tsx";
import type { Kind } from "./types.ts";
import { useWords } from "./words.ts";

type PageName = Kind | "agents" | "routing";

const GROUPS: readonly (readonly ["people" | "words" | "time", readonly PageName[]])[] = [
  ["people", ["agents", "skills"]],
  ["words", ["canned-replies", "macros", "tags", "dispositions", "topics", "away-reasons", "texts"]],
  ["time", ["hours", "holidays", "routing"]],
];

/** Components are made once: a page that is drawn again keeps what is typed in it. */
const PAGES: Readonly<Record<PageName, ComponentType>> = {
  agents: AgentsPage,
  routing: RoutingPage,
  "canned-replies": shelf(cannedReplies),
  macros: shelf(macros),
  tags: shelf(tags),
  dispositions: shelf(named("dispositions")),
  "away-reasons": shelf(named("away-reasons")),
  skills: shelf(named("skills")),
  topics: shelf(topics),
  texts: shelf(texts),
  hours: shelf(hours),
  holidays: shelf(holidays),
};

function shelf<Item>(view: KindView<Item>): ComponentType {
  return () => <ShelfPage view={view} />;
}

/** What administrators arrange, page by page. */
export function Admin(): JSX.Element {
  const { desk } = useDesk();
  const words = useWords();
  const at = useLive((one) => one.place.at);
  const page = GROUPS.flatMap(([, pages]) => pages).find((one) => one === at) ?? "agents";
  const Page = PAGES[page];
  return (
    <main class="area admin" data-testid="admin" data-page={page}>
      <nav class="admin-nav" aria-label={words("nav.label")}>
        {GROUPS.map(([group, pages]) => (
          <section key={group}>
            <h2>{words(`group.${group}`)}</h2>
            {pages.map((one) => (
              <button key={one} type="button" aria-current={one === page ? "page" : undefined} onClick={() => desk.go({ area: "admin", at: one })} data-testid={`page-${one}`}>
                {words(`page.${one}`)}
              </button>
            ))}
          </section>
        ))}
      </nav>
      <div class="admin-page">
        <h1>{words(`page.${page}`)}</h1>
        <p class="quiet">{words(`lead.${page}`, { order: "{order}", topic: "{topic}" })}</p>
        {desk.me.role !== "admin" && <p class="hint">{words("told.read_only")}</p>}
        <Page key={page} />
      </div>
    </main>
  );
}
