import type { FileInfo, Outgoing, OutgoingFile } from "@chatserver/shared";
import { sizeText } from "@chatserver/shared/files/choose";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { Glyph } from "../view/glyph.tsx";
import { GlyphButton } from "../view/glyph_button.tsx";

/** The files that came with a message: pictures to look at, others to take. */
export function FilesIn({ files }: { files: readonly FileInfo[] }): JSX.Element {
  return (
    <div class="cs-files" data-testid="files">
      {files.map((file) => (file.type.startsWith("image/") ? <Picture key={file.id} file={file} /> : <Document key={file.id} file={file} />))}
    </div>
  );
}

const LARGEST_PX = 260;

/** Room for a picture before it has come, so that nothing jumps when it does. */
function room({ width = 4, height = 3 }: FileInfo): { width: string; height: string } {
  const part = Math.min(1, LARGEST_PX / Math.max(width, height));
  return { width: `${Math.round(Math.max(72, width * part))}px`, height: `${Math.round(Math.max(48, height * part))}px` };
}

function Picture({ file }: { file: FileInfo }): JSX.Element {
  const { desk, say } = useDesk();
  const [address, setAddress] = useState<string | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [isLarge, setLarge] = useState(false);
  const load = (): void => {
    setFailed(false);
    desk.courier.address(file).then(setAddress, () => setFailed(true));
  };
  useEffect(load, [file.id]);
  return (
    <>
      <button
        type="button"
        class="cs-picture"
        style={room(file)}
        aria-label={say(hasFailed ? "file.again" : "file.look", { name: file.name })}
        onClick={() => (hasFailed ? load() : setLarge(true))}
        data-testid="picture"
      >
        {address === null ? <Glyph name="file" size={26} /> : <img src={address} alt={file.name} style={room(file)} />}
      </button>
      {isLarge && address !== null && <Large file={file} address={address} onClose={() => setLarge(false)} />}
    </>
  );
}

/** A picture as large as the page has room for. */
function Large({ file, address, onClose }: { file: FileInfo; address: string; onClose: () => void }): JSX.Element {
  const { say } = useDesk();
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => box.current?.showModal(), []);
  return (
    <dialog ref={box} class="picture-large" aria-label={file.name} onClose={onClose} onClick={() => box.current?.close()} data-testid="picture-large">
      <img src={address} alt={file.name} />
      <p>
        <bdi>{file.name}</bdi> <a href={address} download={file.name} onClick={(event) => event.stopPropagation()}>{say("file.save")}</a>
      </p>
    </dialog>
  );
}

function Document({ file }: { file: FileInfo }): JSX.Element {
  const { desk, say } = useDesk();
  const [hasFailed, setFailed] = useState(false);
  const take = async (): Promise<void> => {
    setFailed(false);
    try {
      const link = document.createElement("a");
      link.href = await desk.courier.address(file);
      link.download = file.name;
      link.click();
    } catch {
      setFailed(true);
    }
  };
  return (
    <button type="button" class="cs-file" onClick={() => void take()} data-testid="file">
      <Glyph name="file" size={22} />
      <span>
        <span class="cs-unseen">{say("file.take")}</span>
        <span class="cs-file-name">{file.name}</span>
        <span class="cs-file-size">{hasFailed ? say("file.failed") : sizeText(file.size)}</span>
      </span>
    </button>
  );
}

/** The files of a message on its way, each with how far it is. */
export function FilesOut({ item }: { item: Outgoing }): JSX.Element {
  return (
    <div class="cs-files">
      {(item.files ?? []).map((file) => (
        <OutgoingOne key={file.id} file={file} />
      ))}
    </div>
  );
}

function OutgoingOne({ file }: { file: OutgoingFile }): JSX.Element {
  const part = useLive((one) => one.client.progressOf(file));
  return (
    <span class="cs-file" data-testid="outgoing-file">
      <Preview file={file} />
      <span>
        <span class="cs-file-name">{file.name}</span>
        <progress class="cs-progress" value={part} max={1} aria-label={file.name} />
      </span>
    </span>
  );
}

/** What will go along with the next message. */
export function Tray({ files, onRemove }: { files: readonly OutgoingFile[]; onRemove: (file: OutgoingFile) => void }): JSX.Element {
  const { say } = useDesk();
  return (
    <div class="tray" data-testid="tray">
      {files.map((file) => (
        <span key={file.id} class="tray-file" data-testid="tray-file">
          <Preview file={file} />
          <span class="cs-file-name">{file.name}</span>
          <span class="quiet">{sizeText(file.size)}</span>
          <GlyphButton name="close" label={say("file.remove", { name: file.name })} onClick={() => onRemove(file)} testId="tray-remove" />
        </span>
      ))}
    </div>
  );
}

function Preview({ file }: { file: OutgoingFile }): JSX.Element {
  const { desk } = useDesk();
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!file.type.startsWith("image/")) return undefined;
    let mine: string | null = null;
    void desk.courier.preview(file).then((found) => setAddress((mine = found)));
    return () => void (mine !== null && URL.revokeObjectURL(mine));
  }, [file.id]);
  return address === null ? <Glyph name="file" size={20} /> : <img class="tray-picture" src={address} alt="" />;
}
