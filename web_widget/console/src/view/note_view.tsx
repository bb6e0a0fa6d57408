import { timeText, type Message, type Outgoing } from "@chatserver/shared";
import { Button, WrittenText } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { FilesIn, FilesOut } from "../files/files_view.tsx";
import { Glyph } from "./glyph.tsx";

type NoteViewProps = { note: Message; to: string | null; outgoing?: never } | { note?: never; to?: never; outgoing: Outgoing };

/** A note to colleagues: paper across the whole width, never a bubble, so that nobody takes it for a message. */
export function NoteView({ note, to, outgoing }: NoteViewProps): JSX.Element {
  const { desk, say } = useDesk();
  const isFailed = outgoing?.state === "failed";
  return (
    <div
      class={`note${note === undefined ? " note-waiting" : ""}`}
      data-testid={note === undefined ? "outgoing-note" : "note"}
      data-state={outgoing?.state}
    >
      <p class="note-head">
        <Glyph name="note" size={14} />
        <b>{to != null ? say("chat.whisper_to", { name: to }) : say(outgoing?.isWhisper === true ? "composer.whisper" : "chat.note")}</b>
        <span>{say("chat.note_hidden")}</span>
        <span class="note-by">
          {note === undefined ? (
            say(isFailed ? "state.failed" : "state.sending")
          ) : (
            <>
              <bdi>{note.name}</bdi> · {timeText(note.at, desk.now, say)}
            </>
          )}
        </span>
      </p>
      <div class="note-text" dir="auto" data-testid="note-text">
        <WrittenText text={note?.text ?? outgoing?.text ?? ""} say={say} />
      </div>
      {note !== undefined && note.files.length > 0 && <FilesIn files={note.files} />}
      {outgoing?.files !== undefined && <FilesOut item={outgoing} />}
      {outgoing !== undefined && isFailed && (
        <p class="note-actions">
          <Button kind="bare" isSmall onClick={() => desk.client.retry(outgoing.key)} testId="retry">
            {say("action.retry")}
          </Button>
          <Button kind="bare" isSmall onClick={() => desk.client.discard(outgoing.key)} testId="discard">
            {say("action.discard")}
          </Button>
        </p>
      )}
    </div>
  );
}
