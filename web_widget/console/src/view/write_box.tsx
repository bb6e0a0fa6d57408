import type { Message } from "@chatserver/shared";
import { MOST_FILES } from "@chatserver/shared/files/choose";
import { Button, Composer, Quote } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import type { Desk, Mode } from "../desk/desk.ts";
import { useLive } from "../desk/live.ts";
import type { Row } from "../desk/rows.ts";
import { Attach, useDrop } from "../files/attach.tsx";
import { Tray } from "../files/files_view.tsx";
import { useFiles } from "../files/use_files.ts";
import { quote, quotedIn } from "../desk/quotes.ts";
import { focusOn } from "../desk/use_shortcuts.ts";
import { ReplyMenu } from "../replies/reply_menu.tsx";
import { useReplies } from "../replies/use_replies.ts";
import type { Say } from "../texts/index.ts";
import { GlyphButton } from "./glyph_button.tsx";
import { useUserName } from "./conversation_row.tsx";

/** Where one writes, or why one cannot. */
export function WriteBox({ row }: { row: Row }): JSX.Element {
  const mode = useLive((one) => one.mode(row));
  return mode === null ? <ReadOnly row={row} /> : <Writing row={row} mode={mode} />;
}

function ReadOnly({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const kept = useLive((one) => one.drafts.get(row.id, "reply") || one.drafts.get(row.id, "note") || one.drafts.get(row.id, "whisper"));
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

function Writing({ row, mode }: { row: Row; mode: Mode }): JSX.Element {
  const { desk, say } = useDesk();
  const name = useUserName()(row);
  const [text, setText] = useDraft(row.id, mode);
  const replies = useReplies(
    row.id,
    mode === "reply" ? text : "",
    (reply) => setText(reply.text),
  );
  const quoted = useLive((one) => (mode === "reply" ? quotedIn(row.log, one) : null));
  const onKeyDown = (event: KeyboardEvent): void => {
    replies.onKeyDown(event);
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || quoted === null) return;
    event.preventDefault();
    quote(desk, row.id, null);
  };
  const mayAttach = mode !== "whisper";
  const files = useFiles(row.id, mode === "note" ? "note" : "reply");
  useDrop(mayAttach ? files.add : null);
  const change = (written: string): void => {
    // What is being written keeps its readers, whatever else becomes possible meanwhile.
    if (text === "" && written !== "") desk.setMode(row.id, mode);
    setText(written);
    if (mode === "reply") desk.client.typed(row.id, written === "");
  };
  const label = { reply: say("composer.reply"), note: say("composer.note"), whisper: say("composer.whisper") }[mode];
  const placeholder = {
    reply: say("composer.reply_to", { name }),
    note: say("composer.note_to"),
    whisper: say("composer.whisper_to", { name: row.agentName }),
  }[mode];
  return (
    <footer class={`write-box${mode === "reply" ? "" : " write-box-note"}`} data-testid="write-box" data-mode={mode} onKeyDownCapture={onKeyDown}>
      {replies.shown !== null && <ReplyMenu replies={replies.shown} at={replies.at} onChoose={(reply) => setText(reply.text)} />}
      <Modes row={row} mode={mode} />
      <Composer
        value={text}
        onChange={change}
        onSend={(written) => {
          setText("");
          desk.acts.write(row.id, mode, written);
        }}
        hasMore={mayAttach && files.chosen.length > 0}
        {...(mayAttach && { onFiles: files.add, start: <Attach onFiles={files.add} /> })}
        above={
          mayAttach && (
            <>
              {quoted !== null && <Quoted message={quoted} onRemove={() => quote(desk, row.id, null)} />}
              {files.reason !== null && (
                <p class="cs-composer-note" role="alert" data-testid="file-refused">
                  {say(`file.refused_${files.reason}`, { n: MOST_FILES })}
                </p>
              )}
              {files.chosen.length > 0 && <Tray files={files.chosen} onRemove={files.remove} />}
            </>
          )
        }
        say={say}
        placeholder={placeholder}
        label={label}
      />
    </footer>
  );
}

/** The message that the reply answers. */
function Quoted({ message, onRemove }: { message: Message; onRemove: () => void }): JSX.Element {
  const { say } = useDesk();
  return (
    <div class="quoted" data-testid="answering">
      <Quote message={message} say={say} />
      <GlyphButton
        name="close"
        label={say("composer.unquote")}
        shortcut="Esc"
        onClick={() => {
          onRemove();
          focusOn("composer");
        }}
        testId="answer-cancel"
      />
    </div>
  );
}

/** Who will see what is written: unmistakable before the first letter. */
function Modes({ row, mode }: { row: Row; mode: Mode }): JSX.Element {
  const { desk, say } = useDesk();
  const choose = (one: Mode): void => {
    desk.setMode(row.id, one);
    focusOn("composer");
  };
  return (
    <div class="modes" role="group" aria-label={say("composer.mode")}>
      {desk.modesOf(row).map((one) => (
        <button key={one} type="button" aria-pressed={mode === one} onClick={() => choose(one)} data-testid={`mode-${one}`}>
          {say(`composer.${one}`)}
        </button>
      ))}
      <span class="modes-hint">{say(mode === "reply" ? "composer.hint" : "chat.note_hidden")}</span>
    </div>
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
