import type { Status } from "@chatserver/shared";
import { Avatar, Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Found } from "../api.ts";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { HttpRefusal } from "../http.ts";
import type { Say } from "../texts/index.ts";
import { momentText } from "../time.ts";

const STATUSES: readonly Status[] = ["bot", "waiting", "offered", "active", "closed"];
/** A screenful and a half. */
const PAGE = 20;
/** Long enough for the next letter, short enough not to be noticed. */
const PAUSE_MS = 300;

interface Results {
  found: Found[];
  next: string | null;
  state: "busy" | "done" | "failed";
}

const NOTHING: Results = { found: [], next: null, state: "busy" };

/** Search over the messages of every conversation that one may see. */
export function SearchPane(): JSX.Element {
  const { desk, say } = useDesk();
  const query = useLive((one) => one.query);
  const [status, setStatus] = useState<Status | "">("");
  const { results, more } = useSearch(query, status);
  return (
    <>
      <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
        <input
          type="search"
          value={query}
          placeholder={say("search.placeholder")}
          aria-label={say("search.placeholder")}
          maxLength={200}
          onInput={(event) => desk.search(event.currentTarget.value)}
          data-testid="search-input"
        />
        <select
          value={status}
          aria-label={say("search.status")}
          onChange={(event) => setStatus(event.currentTarget.value as Status | "")}
          data-testid="search-status"
        >
          <option value="">{say("search.any")}</option>
          {STATUSES.map((one) => (
            <option key={one} value={one}>
              {say(`status.${one}`)}
            </option>
          ))}
        </select>
      </form>
      <FoundList results={results} none={say("search.none")} onMore={more} />
    </>
  );
}

/** What has ended, the latest first. */
export function ClosedPane(): JSX.Element {
  const { say } = useDesk();
  const { results, more } = useSearch("", "closed");
  return <FoundList results={results} none={say("lists.none_closed")} onMore={more} />;
}

/** Conversations that wait, for those who see them all. */
export function WaitingList(): JSX.Element {
  const { say } = useDesk();
  const { results, more } = useSearch("", "waiting");
  return <FoundList results={results} none={say("queue.nobody")} onMore={more} />;
}

function FoundList({ results, none, onMore }: { results: Results; none: string; onMore: () => void }): JSX.Element {
  const { say } = useDesk();
  return (
    <div class="lists-scroll" aria-busy={results.state === "busy"}>
      <ul class="list">
        {results.found.map((found) => (
          <FoundRow key={found.id} found={found} />
        ))}
      </ul>
      <p class="lists-empty" role="status">
        {told(results, none, say)}
      </p>
      {results.next !== null && (
        <Button kind="bare" onClick={onMore} testId="search-more">
          {say("search.more")}
        </Button>
      )}
    </div>
  );
}

function told({ found, state }: Results, none: string, say: Say): string {
  if (state === "failed") return say("search.failed");
  if (found.length > 0) return "";
  return state === "busy" ? say("search.busy") : none;
}

function useSearch(query: string, status: Status | ""): { results: Results; more: () => void } {
  const { desk } = useDesk();
  const [results, setResults] = useState(NOTHING);
  const ask = async (before: Found[], cursor: string | null, signal?: AbortSignal): Promise<void> => {
    try {
      const page = await desk.api.search({ query, status, limit: PAGE, ...(cursor !== null && { cursor }) }, signal);
      setResults({ found: [...before, ...page.conversations], next: page.next ?? null, state: "done" });
    } catch (failure) {
      if (signal?.aborted) return;
      if (!(failure instanceof HttpRefusal)) throw failure;
      setResults({ found: before, next: cursor, state: "failed" });
    }
  };
  useEffect(() => {
    const abort = new AbortController();
    setResults((shown) => ({ ...shown, state: "busy" }));
    const timer = setTimeout(() => void ask([], null, abort.signal), query === "" ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [desk, query, status]);
  return { results, more: () => void ask(results.found, results.next) };
}

function FoundRow({ found }: { found: Found }): JSX.Element {
  const { desk, say } = useDesk();
  const isSelected = useLive((one) => one.selected === found.id);
  const topic = useLive((one) => one.catalog.topicText(found.topic, say.locale));
  const name = found.user?.name || say("row.visitor");
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-current={isSelected}
        onClick={() => desk.select(found.id)}
        data-testid="search-item"
        data-id={found.id}
      >
        <Avatar name={name} />
        <span class="row-top">
          <bdi class="row-name">{name}</bdi>
          {found.started_at !== undefined && <time class="row-time">{momentText(found.started_at, say.locale)}</time>}
        </span>
        <span class="row-bottom">
          <span class="row-words">{[say(`status.${found.status}`), found.agent?.name, topic].filter(Boolean).join(" · ")}</span>
        </span>
      </button>
    </li>
  );
}
