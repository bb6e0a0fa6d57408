import { Refusal, type AgentInfo, type ViewingEvent } from "@chatserver/shared";
import type { Desk } from "./desk.ts";

/** Told again this often while a conversation is open; the server forgets who fell silent. */
const REPEAT_MS = 30_000;
/** Two repeats may get lost before somebody counts as gone. */
const SHOWN_MS = 75_000;

/** Who of the colleagues looks at the same conversation. */
export class Viewers {
  readonly #desk: Desk;
  readonly #seen = new Map<string, Map<string, { agent: AgentInfo; at: number }>>();

  constructor(desk: Desk) {
    this.#desk = desk;
    desk.client.on("viewing", (event) => this.#take(event));
  }

  /** Colleagues who look at a conversation now. */
  of(conversation: string): AgentInfo[] {
    const since = Date.now() - SHOWN_MS;
    const seen = [...(this.#seen.get(conversation)?.values() ?? [])];
    return seen.filter(({ agent, at }) => at > since && agent.id !== this.#desk.me.id).map(({ agent }) => agent);
  }

  /** Tells that one looks, until the returned function is called. */
  look(conversation: string): () => void {
    const tell = (): void => void (document.visibilityState === "visible" && this.#tell(conversation, true));
    tell();
    const timer = setInterval(tell, REPEAT_MS);
    return () => {
      clearInterval(timer);
      this.#tell(conversation, false);
    };
  }

  #tell(conversation: string, on: boolean): void {
    const { client } = this.#desk;
    if (client.link.name !== "online") return;
    client.command("viewing", { conversation, on }).then(
      ({ viewers }) => {
        for (const agent of viewers) this.#take({ conversation, agent, on: true });
        client.changed();
      },
      (failure: unknown) => {
        // Who else looks is worth no word when it cannot be known.
        if (!(failure instanceof Refusal)) throw failure;
      },
    );
  }

  #take({ conversation, agent, on }: ViewingEvent): void {
    const seen = this.#seen.get(conversation) ?? new Map<string, { agent: AgentInfo; at: number }>();
    if (on) seen.set(agent.id, { agent, at: Date.now() });
    else seen.delete(agent.id);
    this.#seen.set(conversation, seen);
  }
}
