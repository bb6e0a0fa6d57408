import type { Keepsake, OutgoingFile } from "@chatserver/shared";
import type { Courier } from "./courier.ts";

/** Where files can go along: a message, or a note. */
export type TrayKind = "reply" | "note";

const EMPTY: readonly OutgoingFile[] = [];

/** The files chosen for what is being written, by conversation; like a draft they outlive a reload. */
export class Trays {
  readonly #keepsake: Keepsake;
  readonly #courier: Courier;
  readonly #onChange: () => void;
  readonly #known = new Map<string, readonly OutgoingFile[]>();

  constructor(keepsake: Keepsake, courier: Courier, onChange: () => void) {
    this.#keepsake = keepsake;
    this.#courier = courier;
    this.#onChange = onChange;
  }

  of(conversation: string, kind: TrayKind): readonly OutgoingFile[] {
    const name = nameOf(conversation, kind);
    const known = this.#known.get(name) ?? kept(this.#keepsake.get(name));
    this.#known.set(name, known);
    return known;
  }

  add(conversation: string, kind: TrayKind, files: readonly OutgoingFile[]): void {
    this.#set(conversation, kind, [...this.of(conversation, kind), ...files]);
  }

  /** Throws one away. */
  drop(conversation: string, kind: TrayKind, file: OutgoingFile): void {
    this.#courier.drop(file);
    const left = this.of(conversation, kind).filter(({ id }) => id !== file.id);
    this.#set(conversation, kind, left);
  }

  /** Gives all of them away to what is sent. */
  take(conversation: string, kind: TrayKind): readonly OutgoingFile[] {
    const files = this.of(conversation, kind);
    this.#set(conversation, kind, EMPTY);
    return files;
  }

  #set(conversation: string, kind: TrayKind, files: readonly OutgoingFile[]): void {
    const name = nameOf(conversation, kind);
    this.#known.set(name, files);
    this.#keepsake.set(name, files.length === 0 ? null : JSON.stringify(files));
    this.#onChange();
  }
}

function kept(text: string | null): readonly OutgoingFile[] {
  return text === null ? EMPTY : (JSON.parse(text) as OutgoingFile[]);
}

function nameOf(conversation: string, kind: TrayKind): string {
  return `tray.${kind}.${conversation}`;
}
