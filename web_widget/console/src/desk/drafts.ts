import type { Keepsake } from "@chatserver/shared";

/** What a draft is for; the dialogs keep theirs too, so that nothing typed is lost by a closed dialog. */
export type DraftKind =
  | "reply"
  /** The id of the message that the reply quotes. */
  | "quote"
  | "note"
  | "whisper"
  | "handoff.reason"
  | "handoff.note"
  | "transfer.note"
  | "join.reason"
  | "consult.text"
  | "callback.note"
  | "supervise.reason"
  | `reveal.${string}`;

/** Unsent texts by conversation; they outlive a reload and a sign-out on this device. */
export class Drafts {
  /** How often a text was put back: whoever shows a draft reads it anew then. */
  givenBack = 0;
  readonly #keepsake: Keepsake;
  readonly #onChange: () => void;

  constructor(keepsake: Keepsake, onChange: () => void) {
    this.#keepsake = keepsake;
    this.#onChange = onChange;
  }

  get(conversation: string, kind: DraftKind): string {
    return this.#keepsake.get(nameOf(conversation, kind)) ?? "";
  }

  /** Whether a message or a note waits to be finished. */
  has(conversation: string): boolean {
    return (["reply", "quote", "note"] as const).some((kind) => this.get(conversation, kind) !== "");
  }

  set(conversation: string, kind: DraftKind, text: string): void {
    this.#keepsake.set(nameOf(conversation, kind), text === "" ? null : text);
  }

  /** Puts another text into the box, whoever shows it. */
  replace(conversation: string, kind: DraftKind, text: string): void {
    this.set(conversation, kind, text);
    this.givenBack += 1;
    this.#onChange();
  }

  /** Puts a text that was refused, or chosen from the shelf, before what has been typed. */
  giveBack(conversation: string, kind: DraftKind, text: string): void {
    const typedSince = this.get(conversation, kind);
    this.replace(conversation, kind, [text, typedSince].filter((one) => one !== "").join("\n"));
  }
}

function nameOf(conversation: string, kind: DraftKind): string {
  return `draft.${kind}.${conversation}`;
}
