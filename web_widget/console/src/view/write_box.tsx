import { Button, Composer } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import type { Desk, Mode } from "../desk/desk.ts";
import type { Row } from "../desk/rows.ts";
import { focusOn } from "../desk/use_shortcuts.ts";
import type { Say } from "../texts/index.ts";
import { useUserName } from "./conversation_row.tsx";

const MODES: readonly Mode[] = ["reply", "note"];

/** Where one writes, or why one cannot. */
export function WriteBox({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  if (desk.mayWrite(row)) return <Writing row={row} />;
  const kept = desk.drafts.get(row.id, "reply") || desk.drafts.get(row.id, "note");
  return (
    <footer class="read-only" data-testid="read-only">
      <p>{readOnlyText(row, desk, say)}</p>
      {kept !== "" && (
        <p class="read-only-kept" data-testid="kept-draft">
          {say("composer.kept", { text: kept })}
          <Button kind="bare" isSmall onClick={() => void navigator.clipboard.writeText(kept)}>
            {say("composer.copy")}
          </Button>
        </p>
      )}
    </footer>
  );
}

function Writing({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const name = useUserName()(row);
  const mode = useLive((one) => one.mode(row.id));
  const [text, setText] = useDraft(row.id, mode);
  const isNote = mode === "note";
  const choose = (one: Mode): void => {
    desk.setMode(row.id, one);
    focusOn("composer");
  };
  const change = (written: string): void => {
    setText(written);
    if (!isNote) desk.client.typed(row.id, written === "");
  };
  return (
    <footer class={`write-box${isNote ? " write-box-note" : ""}`} data-testid="write-box" data-mode={mode}>
      <div class="modes" role="group" aria-label={say("composer.mode")}>
        {MODES.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={mode === one}
            onClick={() => choose(one)}
            data-testid={`mode-${one}`}
          >
            {say(`composer.${one}`)}
          </button>
        ))}
        <span class="modes-hint">{say(isNote ? "chat.note_hidden" : "composer.hint")}</span>
      </div>
      <Composer
        value={text}
        onChange={change}
        onSend={(written) => {
          setText("");
          desk.acts.write(row.id, mode, written);
        }}
        say={say}
        placeholder={isNote ? say("composer.note_to") : say("composer.reply_to", { name })}
        label={say(isNote ? "composer.note" : "composer.reply")}
      />
    </footer>
  );
}

/** The draft of a conversation: at hand while one types, kept on the device at every key. */
function useDraft(conversation: string, mode: Mode): [string, (text: string) => void] {
  const { desk } = useDesk();
  const [text, setText] = useState(desk.drafts.get(conversation, mode));
  const givenBack = useLive((one) => one.drafts.givenBack);
  useEffect(() => setText(desk.drafts.get(conversation, mode)), [conversation, mode, givenBack]);
  return [
    text,
    (written) => {
      setText(written);
      desk.drafts.set(conversation, mode, written);
    },
  ];
}

function readOnlyText({ status, agentName, facts }: Row, desk: Desk, say: Say): string {
  if (status === "closed") return say("composer.closed");
  if (desk.isSupervisor) return say("composer.watching");
  if (status === "active") return say("composer.other", { name: agentName });
  return say(facts.handedOffBy === desk.me.id ? "composer.waiting" : "composer.nobody");
}
