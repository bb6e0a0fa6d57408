import { newKey, type ChatClient, type ConversationLog, type Message, type OutgoingFile } from "@chatserver/shared";
import { Composer, Icon, IconButton, Quote } from "@chatserver/shared/ui";
import { attach, camera, close } from "@chatserver/shared/ui/icons";
import { ACCEPT, choose, isForeignPicture, MOST_FILES, type Reason } from "@chatserver/shared/files/choose";
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { UNADDRESSED, useDraft } from "./draft.ts";
import { SecretWarning, Tray } from "./parts.ts";
import type { Session } from "./session.ts";
import type { Say } from "./texts/index.ts";
import { useShield } from "./use_shield.ts";

export interface WritingProps {
  session: Session;
  client: ChatClient;
  /** Null while the conversation is being opened. */
  log: ConversationLog | null;
  say: Say;
  isFocused: boolean;
  /** The message that the next one answers. */
  answering: Message | null;
  onAnswered: () => void;
  files: Choice;
}

/** The box, with what will go along: an answer's question, files. */
export function Writing({ session, client, log, say, isFocused, answering, onAnswered, files }: WritingProps): JSX.Element {
  const [draft, setDraft] = useDraft(client, log?.id ?? UNADDRESSED);
  const isWaiting = log !== null && log.status !== "bot" && log.view.agent === null;
  const label = say(isWaiting ? "chat.write_waiting" : "chat.write");
  const send = (text: string): void => {
    const chosen = files.take();
    client.say(log?.id ?? null, text, {
      ...(answering !== null && { replyTo: answering.id }),
      ...(chosen.length > 0 && { files: chosen }),
    });
    onAnswered();
  };
  const shielded = useShield(draft, setDraft, send);
  return (
    <Composer
      value={draft}
      label={label}
      say={say}
      isFocused={answering === null ? isFocused : answering.seq}
      hasMore={files.chosen.length > 0}
      onFiles={files.add}
      above={
        <>
          {answering !== null && <Answering message={answering} say={say} onCancel={onAnswered} />}
          {files.reason !== null && (
            <p class="cs-composer-note" role="alert" data-testid="file-refused">
              {say(`file.refused_${files.reason}`, { n: MOST_FILES })}
            </p>
          )}
          {shielded.findings !== null && <SecretWarning {...shielded} findings={shielded.findings} say={say} />}
          {files.chosen.length > 0 && <Tray files={files.chosen} source={session.files} say={say} onRemove={files.remove} />}
        </>
      }
      start={<Attach say={say} onFiles={files.add} />}
      onChange={(text) => {
        setDraft(text);
        // Only a person has a use for what is not sent yet.
        if (log !== null) client.typed(log.id, text === "", log.status === "active" ? shielded.shown(text) : undefined);
      }}
      onSend={shielded.send}
    />
  );
}

function Answering({ message, say, onCancel }: { message: Message; say: Say; onCancel: () => void }): JSX.Element {
  return (
    <div class="w-answering" data-testid="answering">
      <Quote message={message} say={say} />
      <IconButton label={say("chat.answer_cancel")} onClick={onCancel} testId="answer-cancel">
        <Icon path={close} size={18} />
      </IconButton>
    </div>
  );
}

/** The ways to files: the device's, and on a phone its camera. */
function Attach({ say, onFiles }: { say: Say; onFiles: (files: File[]) => void }): JSX.Element {
  const any = useRef<HTMLInputElement>(null);
  const photo = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement): void => {
    onFiles([...(input.files ?? [])]);
    input.value = "";
  };
  const hidden = { type: "file" as const, hidden: true, tabIndex: -1, onChange: (event: Event) => take(event.currentTarget as HTMLInputElement) };
  return (
    <span class="w-attach">
      <input ref={any} {...hidden} multiple accept={ACCEPT} data-testid="file-input" />
      <IconButton label={say("file.attach")} onClick={() => any.current?.click()} testId="attach">
        <Icon path={attach} size={22} />
      </IconButton>
      {window.matchMedia("(pointer: coarse)").matches && (
        <>
          <input ref={photo} {...hidden} accept="image/*" capture="environment" data-testid="camera-input" />
          <IconButton label={say("file.camera")} onClick={() => photo.current?.click()} testId="camera">
            <Icon path={camera} size={22} />
          </IconButton>
        </>
      )}
    </span>
  );
}

/** The files chosen for the next message. */
export interface Choice {
  readonly chosen: readonly OutgoingFile[];
  /** Why something was left out; `picture`: it is one that cannot be opened here. */
  readonly reason: Reason | "picture" | null;
  readonly add: (files: File[]) => void;
  readonly remove: (file: OutgoingFile) => void;
  /** Gives them away to a message. */
  readonly take: () => readonly OutgoingFile[];
}

/** Files come by button, paste, camera and drop; their bytes are kept on the device at once. */
export function useFiles(session: Session): Choice {
  const [chosen, setChosen] = useState<readonly OutgoingFile[]>([]);
  const [reason, setReason] = useState<Choice["reason"]>(null);
  const add = (files: File[]): void => void takeIn(files);
  const takeIn = async (files: readonly File[]): Promise<void> => {
    const readable = await Promise.all(files.map(asReadable));
    const { taken, reason: wrong } = choose(readable.filter((one) => one !== null), chosen.length);
    setReason(readable.includes(null) ? "picture" : wrong);
    await keep(taken);
  };
  const keep = async (files: readonly File[]): Promise<void> => {
    const courier = await session.files.courier();
    const kept = files.map((blob): [OutgoingFile, File] => [{ id: newKey(), name: blob.name, type: blob.type, size: blob.size }, blob]);
    await Promise.all(kept.map(([file, blob]) => courier.keep(file, blob)));
    setChosen((before) => [...before, ...kept.map(([file]) => file)]);
  };
  const remove = (file: OutgoingFile): void => {
    session.files.drop(file);
    setChosen(chosen.filter((one) => one.id !== file.id));
    setReason(null);
  };
  const take = (): readonly OutgoingFile[] => {
    setChosen([]);
    setReason(null);
    return chosen;
  };
  return { chosen, reason, add, remove, take };
}

/** A file as everybody can open it; null for a picture that even this browser cannot. */
async function asReadable(file: File): Promise<File | null> {
  if (!isForeignPicture(file)) return file;
  const { translated } = await import("./files/translate.ts");
  return translated(file);
}
