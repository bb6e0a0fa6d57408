import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { FORMATS, type Format } from "../api.ts";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import type { Row } from "../desk/rows.ts";
import { HttpRefusal } from "../http.ts";
import { momentText } from "../time.ts";
import { Card, Fact } from "./card.tsx";
import { useUserName } from "./conversation_row.tsx";
import { Glyph } from "./glyph.tsx";
import { Rating } from "./rating.tsx";
import { Routing } from "./routing.tsx";
import { outcomeText } from "./status_line.ts";

/** The right pane: the user, the conversation, why it went here, and the transcript to take along. */
export function Details({ id }: { id: string }): JSX.Element {
  const { desk, say } = useDesk();
  const row = useLive((one) => one.row(id));
  return (
    <aside class="details" aria-label={say("details.label")} data-testid="details">
      <button
        type="button"
        class="glyph-button details-close"
        title={say("details.close")}
        aria-label={say("details.close")}
        onClick={() => desk.show({ showsDetails: false })}
        data-testid="details-close"
      >
        <Glyph name="close" />
      </button>
      <UserCard row={row} />
      <ConversationCard row={row} />
      <Rating log={row.log} />
      <Routing id={id} moves={row.facts.moves} status={row.status} />
      <Transcript id={id} />
    </aside>
  );
}

function UserCard({ row }: { row: Row }): JSX.Element {
  const { say } = useDesk();
  const name = useUserName()(row);
  const { userId, locale } = row.facts;
  return (
    <Card title={say("details.user")}>
      <dl>
        <Fact name={say("details.name")}>
          <bdi>{name}</bdi>
        </Fact>
        <Fact name={say("details.id")}>
          <code>{userId || say("details.none")}</code>
        </Fact>
        <Fact name={say("details.language")}>{languageText(locale, say.locale) || say("details.none")}</Fact>
      </dl>
    </Card>
  );
}

function languageText(locale: string, shownIn: string): string {
  if (locale === "") return "";
  try {
    return new Intl.DisplayNames([shownIn], { type: "language" }).of(locale) ?? locale;
  } catch {
    return locale;
  }
}

function ConversationCard({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const { view } = row.log;
  return (
    <Card title={say("details.conversation")}>
      <dl>
        <Fact name={say("details.topic")}>{desk.catalog.topicText(row.topic, say.locale) || say("details.none")}</Fact>
        <Fact name={say("search.status")}>{say(`status.${row.status}`)}</Fact>
        <Fact name={say("details.tier")}>{say(row.tier === 2 ? "tier_name.2" : "tier_name.1")}</Fact>
        <Fact name={say("details.agent")}>
          <bdi>{row.agentName || say("details.none")}</bdi>
        </Fact>
        {view.supervisors.length > 0 && (
          <Fact name={say("details.supervisors")}>{view.supervisors.map((one) => desk.catalog.agentName(one)).join(", ")}</Fact>
        )}
        {view.disposition !== null && (
          <Fact name={say("details.outcome")}>
            <bdi data-testid="outcome">{outcomeText(view.disposition, say)}</bdi>
          </Fact>
        )}
        {row.facts.startedAt > 0 && (
          <Fact name={say("details.started")}>{momentText(row.facts.startedAt, say.locale)}</Fact>
        )}
        <Fact name={say("details.id")}>
          <code data-testid="conversation-id">{row.id}</code>
        </Fact>
      </dl>
    </Card>
  );
}

function Transcript({ id }: { id: string }): JSX.Element {
  const { desk, say } = useDesk();
  const [busy, setBusy] = useState<Format | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const download = async (format: Format): Promise<void> => {
    setBusy(format);
    setFailed(false);
    try {
      save(await desk.api.transcript(id, format), `${id}.${format}`);
    } catch (failure) {
      if (!(failure instanceof HttpRefusal)) throw failure;
      setFailed(true);
    } finally {
      setBusy(null);
    }
  };
  return (
    <Card title={say("details.transcript")}>
      <div class="formats">
        {FORMATS.map((format) => (
          <Button key={format} isSmall disabled={busy !== null} onClick={() => void download(format)} testId={`transcript-${format}`}>
            {format.toUpperCase()}
          </Button>
        ))}
      </div>
      {hasFailed && (
        <p class="hint hint-danger" role="alert">
          {say("details.download_failed")}
        </p>
      )}
    </Card>
  );
}

/** The token must not stand in an address, so the file is fetched and handed to the browser as it is. */
function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after this task.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
