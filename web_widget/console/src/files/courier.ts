import { Refusal, silence, type Attachment, type ErrorBody, type FileInfo, type Files, type OutgoingFile, type Thread } from "@chatserver/shared";
import { Bytes } from "@chatserver/shared/files/bytes";
import type { Api } from "../api.ts";

/** A file that moves not at all for this long has lost its connection. */
const STALL_MS = 30_000;
/** What has left the device is not there yet: the last bit is the server's. */
const ALMOST = 0.97;

/** Keeps the agent's files until they are sent, sends them, and fetches those of others. */
export class Courier implements Files {
  readonly #api: Api;
  readonly #threadOf: (conversation: string, file: OutgoingFile) => Thread;
  readonly #held = new Set<string>();
  readonly #bytes = new Bytes();
  readonly #fetched = new Map<string, Promise<string>>();

  /** `threadOf` says for which thread a file on its way is. */
  constructor(api: Api, threadOf: (conversation: string, file: OutgoingFile) => Thread) {
    this.#api = api;
    this.#threadOf = threadOf;
  }

  keep(file: OutgoingFile, blob: Blob): Promise<void> {
    return this.#bytes.keep(file.id, blob);
  }

  /** Lets go of the bytes, unless they were held for something else: then once. */
  drop(file: OutgoingFile): void {
    if (!this.#held.delete(file.id)) void this.#bytes.drop(file.id);
  }

  /** Keeps the bytes of a file although what it goes with is thrown away. */
  hold(file: OutgoingFile): void {
    this.#held.add(file.id);
  }

  /** The address of an outgoing file within this page; null when its bytes are gone. */
  async preview(file: OutgoingFile): Promise<string | null> {
    const blob = await this.#bytes.find(file.id);
    return blob === null ? null : URL.createObjectURL(blob);
  }

  /** The address of a received file within this page; fetched once, with the agent's own token. */
  address(file: FileInfo): Promise<string> {
    const known = this.#fetched.get(file.id) ?? this.#fetch(file);
    this.#fetched.set(file.id, known);
    known.catch(() => this.#fetched.delete(file.id));
    return known;
  }

  /** Sends a file with its progress, which `fetch` cannot tell. */
  async upload(conversation: string, file: OutgoingFile, tell: (part: number) => void, signal: AbortSignal): Promise<string> {
    const blob = await this.#bytes.find(file.id);
    if (blob === null) throw new Refusal({ code: "not_found", message: "The file is no longer on this device." });
    const thread = this.#threadOf(conversation, file);
    const form = new FormData();
    form.append("file", blob, file.name);
    return sent(`/api/v1/conversations/${conversation}/attachments?thread=${thread}`, form, await this.#api.token(), tell, signal);
  }

  async #fetch(file: FileInfo): Promise<string> {
    const { url } = await this.#api.get<Attachment>(`attachments/${file.id}`);
    const blob = await this.#api.file(url.replace("/api/v1/", ""));
    // The server's own word for the type, not the answer's: it serves everything as a download.
    return URL.createObjectURL(new Blob([blob], { type: file.type }));
  }
}

function sent(path: string, form: FormData, token: string, tell: (part: number) => void, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stall = setTimeout(() => request.abort(), STALL_MS);
    request.open("POST", path);
    request.setRequestHeader("authorization", `Bearer ${token}`);
    request.upload.onprogress = ({ loaded, total }) => {
      clearTimeout(stall);
      stall = setTimeout(() => request.abort(), STALL_MS);
      tell(total === 0 ? 0 : Math.min(ALMOST, loaded / total));
    };
    request.onload = () => {
      if (request.status < 300) resolve((JSON.parse(request.responseText) as Attachment).id);
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
