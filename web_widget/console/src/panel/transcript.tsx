import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { FORMATS, type Format } from "../api.ts";
import { useDesk } from "../desk/context.ts";
import { save } from "../files/save.ts";
import { HttpRefusal } from "../http.ts";
import { Card } from "./card.tsx";
import type { CardProps } from "./cards.tsx";

/** The transcript to take along. */
export function Transcript({ row: { id } }: CardProps): JSX.Element {
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
    <Card id="transcript" title={say("details.transcript")}>
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
