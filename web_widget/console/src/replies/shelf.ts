import type { FilledReply, ReplyList } from "@chatserver/shared";
import type { Api } from "../api.ts";

const NONE: readonly FilledReply[] = [];

/** The canned replies of conversations, in the user's language and with their variables filled in by the server. */
export class Shelf {
  readonly #api: Api;
  readonly #onChange: () => void;
  readonly #known = new Map<string, readonly FilledReply[]>();

  constructor(api: Api, onChange: () => void) {
    this.#api = api;
    this.#onChange = onChange;
  }

  /** Those of a conversation as they were last read; none before that. */
  of(conversation: string): readonly FilledReply[] {
    return this.#known.get(conversation) ?? NONE;
  }

  /** Reads those of a conversation; raises `HttpRefusal`. */
  async load(conversation: string): Promise<void> {
    const { replies } = await this.#api.get<ReplyList>(`conversations/${conversation}/replies`);
    this.#known.set(conversation, replies);
    this.#onChange();
  }
}
