import type { ListedConversation, Status } from "@chatserver/shared";
import { Avatar, Button, Rows } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
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
  found: ListedConversation[];
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
      <FoundList results={results} label={say("lists.search")} none={say("search.none")} onMore={more} />
    </>
  );
}

/** What has ended, the latest first. */
export function ClosedPane(): JSX.Element {
  const { say } = useDesk();
  const { results, more } = useSearch("", "closed");
  return <FoundList results={results} label={say("lists.closed")} none={say("lists.none_closed")} onMore={more} />;
}

/** Conversations that wait, for those who see them all. */
export function WaitingList(): JSX.Element {
  const { say } = useDesk();
  const { results, more } = useSearch("", "waiting");
  return <FoundList results={results} label={say("status.waiting")} none={say("queue.nobody")} onMore={more} />;
}

/** What was found; more of it comes when its end comes into view. */
function FoundList({ results, label, none, onMore }: { results: Results; label: string; none: string; onMore: () => void }): JSX.Element {
  const { say } = useDesk();
  const { found, next, state } = results;
  const [isAtEnd, setAtEnd] = useState(false);
  useEffect(() => {
    if (isAtEnd && next !== null && state === "done") onMore();
  }, [isAtEnd, next, state]);
  return (
    <Rows
      kind="list"
      items={found}
      keyOf={({ id }) => id}
      label={label}
      onEnd={setAtEnd}
      testId="found"
      render={(one) => <FoundRow key={one.id} found={one} />}
      after={
        <p class="lists-empty" role="status">
          {told(results, none, say)}
          {state === "failed" && (
            <Button kind="bare" isSmall onClick={onMore} testId="search-again">
              {say("action.retry")}
            </Button>
          )}
        </p>
      }
    />
  );
}

function told({ found, next, state }: Results, none: string, say: Say): string {
  if (state === "failed") return say("search.failed");
  // A page may be empty and yet go on: what is shown stays "searching" until the end of it.
  if (state === "busy" || (next !== null && found.length === 0)) return say("search.busy");
  return found.length > 0 ? "" : none;
}

function useSearch(query: string, status: Status | ""): { results: Results; more: () => void } {
  const { desk } = useDesk();
  const [results, setResults] = useState(NOTHING);
  const asked = useRef<AbortController | null>(null);
  const ask = async (before: ListedConversation[], cursor: string | null): Promise<void> => {
    asked.current?.abort();
    const { signal } = (asked.current = new AbortController());
    setResults((shown) => ({ ...shown, state: "busy" }));
    try {
      const page = await desk.api.search({ query, status, limit: PAGE, ...(cursor !== null && { cursor }) }, signal);
      setResults({ found: [...before, ...page.conversations], next: page.next ?? null, state: "done" });
    } catch (failure) {
      if (signal.aborted) return;
      if (!(failure instanceof HttpRefusal)) throw failure;
      setResults({ found: before, next: cursor, state: "failed" });
    }
  };
  useEffect(() => {
    setResults((shown) => ({ ...shown, state: "busy" }));
    const timer = setTimeout(() => void ask([], null), query === "" ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
      asked.current?.abort();
    };
  }, [desk, query, status]);
  return { results, more: () => void ask(results.found, results.next) };
}

function FoundRow({ found }: { found: ListedConversation }): JSX.Element {
  const { desk, say } = useDesk();
  const isSelected = useLive((one) => one.selected === found.id);
  const topic = useLive((one) => one.catalog.topicText(found.topic, say.locale));
  const name = found.user?.name || say("row.visitor");
  return (
    <div role="listitem">
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
    </div>
  );
}
