import type { ChatClient, FileInfo, Outgoing, OutgoingFile } from "@chatserver/shared";
import { Icon, IconButton } from "@chatserver/shared/ui";
import { close, download, file as fileIcon, picture as pictureIcon } from "@chatserver/shared/ui/icons";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Sheet } from "../sheet.ts";
import type { Say } from "../texts/index.ts";
import { sizeText } from "@chatserver/shared/files/choose";
import type { LazyFiles } from "./lazy.ts";
import "@chatserver/shared/ui/files.css";
import "../styles/files.css";

interface InProps {
  files: readonly FileInfo[];
  source: LazyFiles;
  say: Say;
}

/** The files that came with a message: pictures to look at, others to take. */
export function FilesIn({ files, source, say }: InProps): JSX.Element {
  return (
    <div class="cs-files" data-testid="files">
      {files.map((file) =>
        file.type.startsWith("image/") ? (
          <Picture key={file.id} file={file} source={source} say={say} />
        ) : (
          <Document key={file.id} file={file} source={source} say={say} />
        ),
      )}
    </div>
  );
}

const LARGEST_PX = 240;

/** Room for a picture before it has come, so that nothing jumps when it does. */
function room({ width = 4, height = 3 }: FileInfo): { width: string; height: string } {
  const part = Math.min(1, LARGEST_PX / Math.max(width, height));
  return { width: `${Math.round(Math.max(72, width * part))}px`, height: `${Math.round(Math.max(48, height * part))}px` };
}

function Picture({ file, source, say }: { file: FileInfo; source: LazyFiles; say: Say }): JSX.Element {
  const [address, setAddress] = useState<string | null>(null);
  const [isFailed, setFailed] = useState(false);
  const [isLarge, setLarge] = useState(false);
  const load = (): void => {
    setFailed(false);
    source.courier().then((courier) => courier.address(file)).then(setAddress, () => setFailed(true));
  };
  useEffect(load, [file.id]);
  return (
    <>
      <button
        type="button"
        class="cs-picture"
        style={room(file)}
        aria-label={say(isFailed ? "file.again" : "file.look", { name: file.name })}
        onClick={() => (isFailed ? load() : setLarge(true))}
        data-testid="picture"
      >
        {address === null ? <Icon path={pictureIcon} size={28} /> : <img src={address} alt={file.name} style={room(file)} />}
      </button>
      {isLarge && address !== null && (
        <Sheet title={file.name} closeLabel={say("sheet.close")} onClose={() => setLarge(false)} testId="picture-large">
          <img class="w-picture-large" src={address} alt={file.name} />
          <a class="cs-button cs-button-plain w-wide" href={address} download={file.name}>
            <Icon path={download} size={18} />
            {say("file.save")}
          </a>
        </Sheet>
      )}
    </>
  );
}

function Document({ file, source, say }: { file: FileInfo; source: LazyFiles; say: Say }): JSX.Element {
  const [isFailed, setFailed] = useState(false);
  const take = async (): Promise<void> => {
    setFailed(false);
    try {
      const link = document.createElement("a");
      link.href = await (await source.courier()).address(file);
      link.download = file.name;
      link.click();
    } catch {
      setFailed(true);
    }
  };
  return (
    <button type="button" class="cs-file" onClick={() => void take()} data-testid="file">
      <Icon path={fileIcon} size={26} />
      <span>
        <span class="cs-unseen">{say("file.take")}</span>
        <span class="cs-file-name">{file.name}</span>
        <span class="cs-file-size">{isFailed ? say("file.failed") : sizeText(file.size)}</span>
      </span>
      <Icon path={download} size={18} />
    </button>
  );
}

interface OutProps {
  client: ChatClient;
  item: Outgoing;
  source: LazyFiles;
  say: Say;
}

/** The files of a message on its way, with how far each is, and the way to stop. */
export function FilesOut({ client, item, source, say }: OutProps): JSX.Element {
  return (
    <div class="cs-files" data-testid="files-out">
      {item.files?.map((file) => (
        <div key={file.id} class="cs-file">
          <Preview file={file} source={source} />
          <span>
            <span class="cs-file-name">{file.name}</span>
            {item.state === "sending" ? (
              <progress class="cs-progress" max={1} value={client.progressOf(file)} aria-label={say("file.sending", { name: file.name })} data-testid="progress" />
            ) : (
              <span class="cs-file-size">{sizeText(file.size)}</span>
            )}
          </span>
          {item.state === "sending" && (
            <IconButton label={say("file.stop", { name: file.name })} onClick={() => client.discard(item.key)} testId="file-stop">
              <Icon path={close} size={18} />
            </IconButton>
          )}
        </div>
      ))}
    </div>
  );
}

/** A small picture of an outgoing file, or a sheet of paper. */
function Preview({ file, source }: { file: OutgoingFile; source: LazyFiles }): JSX.Element {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!file.type.startsWith("image/")) return;
    let made: string | null = null;
    let isWanted = true;
    void source.courier().then((courier) => courier.preview(file)).then((found) => {
      made = found;
      if (isWanted) setAddress(found);
      else if (found !== null) URL.revokeObjectURL(found);
    });
    return () => {
      isWanted = false;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [file.id]);
  return address === null ? <Icon path={fileIcon} size={26} /> : <img class="w-preview" src={address} alt="" onError={() => setAddress(null)} />;
}

interface TrayProps {
  files: readonly OutgoingFile[];
  source: LazyFiles;
  say: Say;
  onRemove: (file: OutgoingFile) => void;
}

/** What will go with the next message. */
export function Tray({ files, source, say, onRemove }: TrayProps): JSX.Element {
  return (
    <ul class="w-tray" aria-label={say("file.tray")} data-testid="tray">
      {files.map((file) => (
        <li key={file.id} class="w-tray-one" data-testid="tray-file">
          <Preview file={file} source={source} />
          <span class="w-tray-name">{file.name}</span>
          <IconButton label={say("file.remove", { name: file.name })} onClick={() => onRemove(file)} place="w-tray-remove" testId="tray-remove">
            <Icon path={close} size={14} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
