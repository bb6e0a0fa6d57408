import { Refusal, type ChatClient, type ErrorCode, type PresenceStatus } from "@chatserver/shared";
import type { Api, Colleague } from "../api.ts";

const WANTED = "presence";

/** One's own state at the desk: what the server says it is, and what this agent wants it to be. */
export class Presence {
  status: PresenceStatus = "offline";
  capacity = 0;
  /** The server set this agent away while they wanted chats. */
  wentAway = false;
  isBusy = false;
  /** Why the last change was refused. */
  refused: ErrorCode | null = null;

  readonly #client: ChatClient;
  readonly #api: Api;
  readonly #me: string;
  readonly #tab: Storage;

  constructor(client: ChatClient, api: Api, me: string, tab: Storage) {
    this.#client = client;
    this.#api = api;
    this.#me = me;
    this.#tab = tab;
    client.on("presence", ({ agent, status }) => {
      if (agent.id === me && !this.isBusy) this.#told(status);
    });
  }

  /** Says whether one takes chats, and at most how many at a time. */
  async set(status: PresenceStatus, capacity?: number): Promise<void> {
    this.#want(status);
    this.isBusy = true;
    this.wentAway = false;
    this.refused = null;
    this.#client.changed();
    try {
      const body = capacity === undefined ? { status } : { status, capacity };
      const state = await this.#client.command("set_presence", body);
      this.status = state.status;
      this.capacity = state.capacity;
    } catch (failure) {
      if (!(failure instanceof Refusal)) throw failure;
      this.refused = failure.code;
    } finally {
      this.isBusy = false;
      this.#client.changed();
    }
  }

  /** After every connect: learn one's state, and restore it when the server let go of it meanwhile. */
  async resume(): Promise<Colleague[]> {
    const colleagues = await this.#api.agents();
    const own = colleagues.find((one) => one.id === this.#me);
    if (own === undefined) return colleagues;
    this.capacity = own.capacity;
    const wanted = this.#wanted;
    if (own.status === "offline" && wanted !== null && wanted !== "offline") await this.set(wanted);
    else this.#told(own.status);
    this.#client.changed();
    return colleagues;
  }

  #told(status: PresenceStatus): void {
    this.wentAway = status === "away" && this.#wanted === "available";
    this.status = status;
  }

  /** What was chosen in this tab; the server forgets it a minute after the link was lost. */
  get #wanted(): PresenceStatus | null {
    return this.#tab.getItem(`chatserver.console.${WANTED}.${this.#me}`) as PresenceStatus | null;
  }

  #want(status: PresenceStatus): void {
    this.#tab.setItem(`chatserver.console.${WANTED}.${this.#me}`, status);
  }
}
