import type { AuditEntry, AuditHead } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import type { Desk } from "../desk/desk.ts";
import { useLive } from "../desk/live.ts";
import { save } from "../files/save.ts";
import { HttpRefusal } from "../http.ts";
import { momentText } from "../time.ts";
import { useAsked } from "../desk/use_asked.ts";
import { NO_FILTER, useAudit, type Filter } from "./use_audit.ts";
import { useWords } from "./words.ts";

const FIELDS = ["actor", "action", "object"] as const;
const OUTCOMES = ["done", "forbidden", "not_found", "not_assigned", "rate_limited"] as const;
/** The server gives no more rows in one file. */
const PAGE_ROWS = 5_000;

/** Who did what, searched by who, what, to what and when. */
export function AuditPage(): JSX.Element {
  const words = useWords();
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const { entries, next, state, more } = useAudit(filter);
  const change = (more: Partial<Filter>): void => setFilter({ ...filter, ...more });
  return (
    <>
      <form class="audit-filter" role="search" onSubmit={(event) => event.preventDefault()}>
        {FIELDS.map((name) => (
          <label key={name} class="field">
            <span>{words(`audit.${name}`)}</span>
            <input type="text" value={filter[name]} maxLength={128} onInput={(event) => change({ [name]: event.currentTarget.value })} data-testid={`audit-${name}`} />
          </label>
        ))}
        <label class="field">
          <span>{words("audit.outcome")}</span>
          <select value={filter.outcome} onChange={(event) => change({ outcome: event.currentTarget.value })} data-testid="audit-outcome">
            <option value="">{words("audit.any")}</option>
            {OUTCOMES.map((code) => (
              <option key={code} value={code}>
                {code === "done" ? words("audit.done") : words("audit.refused", { code })}
              </option>
            ))}
          </select>
        </label>
        {(["from", "until"] as const).map((name) => (
          <label key={name} class="field">
            <span>{words(`audit.${name}`)}</span>
            <input type="date" value={filter[name]} onInput={(event) => change({ [name]: event.currentTarget.value })} data-testid={`audit-${name}`} />
          </label>
        ))}
      </form>
      <ChainEnd />
      {state === "failed" && <p class="hint hint-danger">{words("audit.failed")}</p>}
      {state === "done" && entries.length === 0 && <p class="lists-empty">{words("audit.none")}</p>}
      <ul class="audit" aria-busy={state === "busy"} data-testid="audit-rows">
        {entries.map((entry) => (
          <AuditRow key={entry.number} entry={entry} />
        ))}
      </ul>
      {next !== null && (
        <Button onClick={more} testId="audit-more">
          {words("audit.more")}
        </Button>
      )}
    </>
  );
}

function AuditRow({ entry }: { entry: AuditEntry }): JSX.Element {
  const { say } = useDesk();
  const words = useWords();
  const { number, at, actor, role, action, object, outcome, reason, fields, address, session } = entry;
  const who = useLive((one) => (actor.startsWith("agent:") ? nameOf(actor.slice("agent:".length), one) : actor));
  const more = [
    [words("audit.reason"), reason],
    [words("audit.address"), address],
    [words("audit.session"), session],
    ...Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  ].filter(([, value]) => value !== "");
  return (
    <li data-testid="audit-row" data-number={number}>
      <details>
        <summary>
          <time>{momentText(at, say.locale)}</time>
          <bdi class="audit-who" title={`${actor} · ${role}`}>
            {who}
          </bdi>
          <code>{action}</code>
          <bdi class="audit-object">{object}</bdi>
          <span class={outcome === "done" ? "audit-done" : "audit-refused"}>
            {outcome === "done" ? words("audit.done") : words("audit.refused", { code: outcome })}
          </span>
        </summary>
        <dl>
          <div class="fact">
            <dt>{words("audit.row", { number })}</dt>
            <dd>{new Date(at).toISOString()}</dd>
          </div>
          {more.map(([name, value]) => (
            <div key={name} class="fact">
              <dt>{name}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}

function nameOf(agent: string, { me, catalog }: Desk): string {
  return agent === me.id ? me.name : catalog.agentName(agent);
}

/** Where the chain ends now, to be kept elsewhere, and the whole of it as a file. */
function ChainEnd(): JSX.Element | null {
  const { desk } = useDesk();
  const words = useWords();
  const head = useAsked<AuditHead>("audit/head");
  const [isBusy, setBusy] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  if (head === null || head === "failed") return null;
  const download = async (): Promise<void> => {
    setBusy(true);
    setFailed(false);
    try {
      const parts: Blob[] = [];
      for (let after = 0; after < head.number; after += PAGE_ROWS) parts.push(await desk.api.file(`audit/export?after=${after}`));
      save(new Blob(parts, { type: "application/x-ndjson" }), `audit-${head.number}.jsonl`);
    } catch (failure) {
      if (!(failure instanceof HttpRefusal)) throw failure;
      setFailed(true);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="audit-head">
      <span>
        {words("audit.head", { number: head.number })} <code>{head.hash}</code>
      </span>
      <Button isSmall disabled={isBusy} onClick={() => void download()} testId="audit-export">
        {words(isBusy ? "audit.exporting" : "audit.export")}
      </Button>
      {hasFailed && <span class="row-failed">{words("audit.failed")}</span>}
    </div>
  );
}
