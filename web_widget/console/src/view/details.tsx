import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { FORMATS, type Format } from "../api.ts";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import type { Row } from "../desk/rows.ts";
import { save } from "../files/save.ts";
import { HttpRefusal } from "../http.ts";
import { momentText } from "../time.ts";
import { TagsCard } from "../user/tags_card.tsx";
import { UserCards } from "../user/user_card.tsx";
import { Card, Fact } from "./card.tsx";
import { Glyph } from "./glyph.tsx";
import { Rating } from "./rating.tsx";
import { Routing } from "./routing.tsx";

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
      <UserCards row={row} />
      <TagsCard row={row} />
      <ConversationCard row={row} />
      <Rating log={row.log} />
      <Routing id={id} moves={row.facts.moves} status={row.status} />
      <Transcript id={id} />
    </aside>
  );
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
            <bdi data-testid="outcome">{desk.catalog.outcomeText(view.disposition, say)}</bdi>
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
