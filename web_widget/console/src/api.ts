/** What the console asks over HTTP, each call with a token that is good for now. */
import type { Conversation, DurableEvent, PresenceStatus, Status } from "@chatserver/shared";
import type { Credentials } from "./auth/credentials.ts";
import { call, callJson } from "./http.ts";

/** A conversation in a search result. */
export interface Found extends Conversation {
  user?: { id: string; name: string };
  started_at?: number;
}

export interface FoundPage {
  conversations: Found[];
  next?: string | null;
}

export interface Colleague {
  id: string;
  name: string;
  tier: number;
  skills: string[];
  status: PresenceStatus;
  active: number;
  capacity: number;
}

/** One step of a conversation's way; `agent` is an id, `waited_ms` since it was first queued. */
export interface Decision {
  at: number;
  action: string;
  tier: number;
  skill: string;
  reason: string;
  agent?: string;
  position?: number;
  waited_ms?: number;
  estimate_s?: [number, number];
}

/** How many wait for a tier and skill; `skill` is empty for the general lane. */
export interface Lane {
  tier: number;
  skill: string;
  waiting: number;
}

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
  search({ query = "", status = "", limit, cursor }: Search, signal?: AbortSignal): Promise<FoundPage> {
    const asked = new URLSearchParams({ limit: String(limit) });
    if (query.trim() !== "") asked.set("query", query.trim());
    if (status !== "") asked.set("status", status);
    if (cursor !== undefined) asked.set("cursor", cursor);
    return this.get<FoundPage>(`conversations?${asked}`, signal);
  }

  async conversation(id: string): Promise<Found> {
    return (await this.get<{ conversation: Found }>(`conversations/${id}`)).conversation;
  }

  async routing(id: string, signal?: AbortSignal): Promise<Decision[]> {
    return (await this.get<{ decisions: Decision[] }>(`conversations/${id}/routing`, signal)).decisions;
  }

  async agents(): Promise<Colleague[]> {
    return (await this.get<{ agents: Colleague[] }>("agents")).agents;
  }

  async lanes(): Promise<Lane[]> {
    return (await this.get<{ lanes: Lane[] }>("desk/lanes")).lanes;
  }

  /** The events of a thread, for those who read over HTTP only. */
  async events(id: string, thread: "public" | "internal"): Promise<DurableEvent[]> {
    const path = `conversations/${id}/transcript?format=json&thread=${thread}`;
    return (await this.get<{ events: DurableEvent[] }>(path)).events;
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
