/** What the console asks over HTTP, each call with a token that is good for now. */
import type {
  AgentList,
  AgentRow,
  ConversationList,
  ConversationResult,
  Conversation,
  Decision,
  DecisionList,
  DurableEvent,
  Lane,
  LaneList,
  Status,
  Transcript,
} from "@chatserver/shared";
import type { Credentials } from "./auth/credentials.ts";
import { call, callJson } from "./http.ts";

export const FORMATS = ["json", "csv", "html", "txt"] as const;
export type Format = (typeof FORMATS)[number];

export interface Search {
  query?: string;
  status?: Status | "";
  limit: number;
  cursor?: string;
}

export class Api {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** Conversations whose messages hold the words, newest first; all that one may see without words. */
  search({ query = "", status = "", limit, cursor }: Search, signal?: AbortSignal): Promise<ConversationList> {
    const asked = new URLSearchParams({ limit: String(limit) });
    if (query.trim() !== "") asked.set("query", query.trim());
    if (status !== "") asked.set("status", status);
    if (cursor !== undefined) asked.set("cursor", cursor);
    return this.get<ConversationList>(`conversations?${asked}`, signal);
  }

  async conversation(id: string): Promise<Conversation> {
    return (await this.get<ConversationResult>(`conversations/${id}`)).conversation;
  }

  async routing(id: string, signal?: AbortSignal): Promise<Decision[]> {
    return (await this.get<DecisionList>(`conversations/${id}/routing`, signal)).decisions;
  }

  async agents(): Promise<AgentRow[]> {
    return (await this.get<AgentList>("agents")).agents;
  }

  async lanes(): Promise<Lane[]> {
    return (await this.get<LaneList>("desk/lanes")).lanes;
  }

  /** The events of a thread, for those who read over HTTP only. */
  async events(id: string, thread: "public" | "internal"): Promise<DurableEvent[]> {
    const path = `conversations/${id}/transcript?format=json&thread=${thread}`;
    return (await this.get<Transcript>(path)).events;
  }

  /** The transcript as a file. */
  transcript(id: string, format: Format): Promise<Blob> {
    return this.file(`conversations/${id}/transcript?format=${format}`);
  }

  /** An access token that is good for now. */
  token(): Promise<string> {
    return this.#credentials.access();
  }

  /** What stands at an address, as it is; raises `HttpRefusal`. */
  async file(path: string): Promise<Blob> {
    const token = await this.#credentials.access();
    return (await call(`/api/v1/${path}`, { token })).blob();
  }

  /** What stands at an address below `/api/v1/`; raises `HttpRefusal`. */
  async get<Result>(path: string, signal?: AbortSignal): Promise<Result> {
    const token = await this.#credentials.access();
    return callJson<Result>(`/api/v1/${path}`, signal === undefined ? { token } : { token, signal });
  }

  /** Changes what stands at an address; raises `HttpRefusal`. */
  async send<Result>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<Result> {
    const token = await this.#credentials.access();
    return callJson<Result>(`/api/v1/${path}`, { method, token, ...(body !== undefined && { body }) });
  }
}
