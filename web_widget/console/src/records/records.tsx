import "../styles/admin.css";
import "../styles/records.css";
import type { ComponentType, JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import type { Profile } from "@chatserver/shared";
import { AlertsPage } from "./alerts.tsx";
import { ApprovalsPage } from "./approvals.tsx";
import { AuditPage } from "./audit.tsx";
import { HeldPage } from "./held.tsx";
import { useWords } from "./words.ts";

interface PageOf {
  readonly id: "held" | "approvals" | "alerts" | "audit";
  readonly roles: readonly Profile["role"][];
  readonly View: ComponentType;
}

/** The pages of the records, each for those who may read it. */
const PAGES: readonly PageOf[] = [
  { id: "held", roles: ["supervisor"], View: HeldPage },
  { id: "approvals", roles: ["supervisor", "admin", "auditor"], View: ApprovalsPage },
  { id: "alerts", roles: ["supervisor", "admin", "auditor"], View: AlertsPage },
  { id: "audit", roles: ["auditor"], View: AuditPage },
];

/** What was done by whom. */
export function Records(): JSX.Element {
  const { desk } = useDesk();
  const words = useWords();
  const at = useLive((one) => one.place.at);
  const pages = PAGES.filter(({ roles }) => roles.includes(desk.me.role));
  const page = pages.find(({ id }) => id === at) ?? pages[0];
  if (page === undefined) return <main class="area" />;
  const { View } = page;
  return (
    <main class="area records" data-testid="records" data-page={page.id}>
      {pages.length > 1 && (
        <nav class="admin-nav" aria-label={words("records.label")}>
          {pages.map(({ id }) => (
            <button key={id} type="button" aria-current={id === page.id ? "page" : undefined} onClick={() => desk.go({ area: "records", at: id })} data-testid={`page-${id}`}>
              {words(`page.${id}`)}
            </button>
          ))}
        </nav>
      )}
      <div class="admin-page">
        <h1>{words(`page.${page.id}`)}</h1>
        <p class="quiet">{words(`lead.${page.id}`)}</p>
        <View />
      </div>
    </main>
  );
}
