import { Refusal, type ChatClient, type ErrorCode, type PresenceState, type AgentRow, type PresenceStatus } from "@chatserver/shared";
import type { Api } from "../api.ts";

/** One's own state at the desk: what the server says it is, and what this agent wants it to be. */
export class Presence {
  status: PresenceStatus = "offline";
  capacity = 0;
  /** Why one is away, by the id of the reason; empty where none was chosen. */
  reason = "";
  /** Until when no chat comes in because one was just closed; 0 outside of that. */
  wrapUpUntil = 0;
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
    client.on("wrap_up", ({ until }) => void (this.wrapUpUntil = until));
  }

  /** Says whether one takes chats, at most how many at a time, and why not. */
  async set(status: PresenceStatus, more: { capacity?: number; reason?: string } = {}): Promise<void> {
    this.#want(status);
    await this.#change(() => this.#client.command("set_presence", { status, ...more }));
  }

  /** Ends the time after a chat before it is over. */
  async finishWrapUp(): Promise<void> {
    await this.#change(() => this.#client.command("finish_wrap_up", {}));
  }

  /** After every connect: learn one's state, and restore it when the server let go of it meanwhile. */
  async resume(): Promise<AgentRow[]> {
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

  async #change(work: () => Promise<PresenceState>): Promise<void> {
    this.isBusy = true;
    this.wentAway = false;
    this.refused = null;
    this.#client.changed();
    try {
      const state = await work();
      this.status = state.status;
      this.capacity = state.capacity;
      this.reason = state.reason ?? "";
      this.wrapUpUntil = state.wrap_up_until ?? 0;
    } catch (failure) {
      if (!(failure instanceof Refusal)) throw failure;
      this.refused = failure.code;
    } finally {
      this.isBusy = false;
      this.#client.changed();
    }
  }

  #told(status: PresenceStatus): void {
    this.wentAway = status === "away" && this.#wanted === "available";
    if (status !== "away") this.reason = "";
    this.status = status;
  }

  /** What was chosen in this tab; the server forgets it a minute after the link was lost. */
  get #wanted(): PresenceStatus | null {
    return this.#tab.getItem(this.#name) as PresenceStatus | null;
  }

  #want(status: PresenceStatus): void {
    this.#tab.setItem(this.#name, status);
  }

  get #name(): string {
    return `chatserver.console.presence.${this.#me}`;
  }
}
