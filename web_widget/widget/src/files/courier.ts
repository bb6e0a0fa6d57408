import { Refusal, silence, type ErrorBody, type FileInfo, type OutgoingFile } from "@chatserver/shared";
import { Api, type Authorize } from "../http.ts";
import { Bytes } from "@chatserver/shared/files/bytes";

/** A file that moves not at all for this long has lost its connection. */
const STALL_MS = 30_000;

/** Keeps files until they are sent, sends them, and fetches those of others. */
export class Courier {
  private readonly api: Api;
  private readonly bytes = new Bytes();
  private readonly fetched = new Map<string, Promise<string>>();

  constructor(authorize: Authorize) {
    this.api = new Api(authorize);
  }

  keep(file: OutgoingFile, blob: Blob): Promise<void> {
    return this.bytes.keep(file.id, blob);
  }

  drop(file: OutgoingFile): void {
    void this.bytes.drop(file.id);
  }

  /** The address of an outgoing file within this page, for its preview; null when its bytes are gone. */
  async preview(file: OutgoingFile): Promise<string | null> {
    const blob = await this.bytes.find(file.id);
    return blob === null ? null : URL.createObjectURL(blob);
  }

  /** The address of a received file within this page; fetched once. */
  address(file: FileInfo): Promise<string> {
    const known = this.fetched.get(file.id) ?? this.fetch(file);
    this.fetched.set(file.id, known);
    known.catch(() => this.fetched.delete(file.id));
    return known;
  }

  /** Sends a file with its progress, which `fetch` cannot tell. */
  async upload(conversation: string, file: OutgoingFile, tell: (part: number) => void, signal: AbortSignal): Promise<string> {
    const blob = await this.bytes.find(file.id);
    // Nothing is left to send: the browser cleared what it kept.
    if (blob === null) throw new Refusal({ code: "not_found", message: "The file is no longer on this device." });
    const form = new FormData();
    form.append("file", blob, file.name);
    const authorization = await this.api.header();
    return sent(`/api/v1/conversations/${conversation}/attachments`, form, authorization, tell, signal);
  }

  private async fetch(file: FileInfo): Promise<string> {
    const { url } = await this.api.get<{ url: string }>(`/api/v1/attachments/${file.id}`);
    const blob = await this.api.blob(url);
    // The server's own word for the type, not the answer's: it serves everything as a download.
    return URL.createObjectURL(new Blob([blob], { type: file.type }));
  }
}

function sent(
  path: string,
  form: FormData,
  authorization: string | null,
  tell: (part: number) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stall = setTimeout(() => request.abort(), STALL_MS);
    request.open("POST", path);
    if (authorization !== null) request.setRequestHeader("authorization", authorization);
    request.upload.onprogress = ({ loaded, total }) => {
      clearTimeout(stall);
      stall = setTimeout(() => request.abort(), STALL_MS);
      // What has left the device is not there yet: the last bit is the server's.
      tell(total === 0 ? 0 : Math.min(0.97, loaded / total));
    };
    request.onload = () => {
      if (request.status < 300) resolve((JSON.parse(request.responseText) as { id: string }).id);
      else reject(refusalOf(request.responseText));
    };
    request.onerror = request.onabort = () => reject(silence());
    request.onloadend = () => clearTimeout(stall);
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function refusalOf(text: string): Refusal {
  try {
    return new Refusal((JSON.parse(text) as { error: ErrorBody }).error);
  } catch {
    return silence();
  }
}
