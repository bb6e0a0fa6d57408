import { Refusal, silence, type ErrorBody } from "@chatserver/shared";

/** How long an answer may take. */
const TIMEOUT_MS = 15_000;

/** Gives the `Authorization` header of the person; `fresh` when the last one was refused. */
export type Authorize = (fresh: boolean) => Promise<string | null>;

/** HTTP as the present person: every failure is a `Refusal`, with code `retry` where no answer came. */
export class Api {
  private readonly authorize: Authorize;

  constructor(authorize: Authorize) {
    this.authorize = authorize;
  }

  async get<Result>(path: string): Promise<Result> {
    return (await this.ask("GET", path)).json() as Promise<Result>;
  }

  async post<Result>(path: string, body: object): Promise<Result> {
    return (await this.ask("POST", path, JSON.stringify(body))).json() as Promise<Result>;
  }

  async blob(path: string): Promise<Blob> {
    return (await this.ask("GET", path)).blob();
  }

  /** The header itself, for what cannot be done by `fetch`. */
  header(): Promise<string | null> {
    return this.authorize(false);
  }

  private async ask(method: string, path: string, body?: string): Promise<Response> {
    const first = await this.once(method, path, body, false);
    const answer = first.status === 401 ? await this.once(method, path, body, true) : first;
    if (!answer.ok) throw await refusalOf(answer);
    return answer;
  }

  private async once(method: string, path: string, body: string | undefined, fresh: boolean): Promise<Response> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    const authorization = await this.authorize(fresh);
    const headers = {
      accept: "application/json",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(authorization !== null && { authorization }),
    };
    try {
      return await fetch(path, { method, headers, signal: abort.signal, ...(body !== undefined && { body }) });
    } catch {
      throw silence();
    } finally {
      clearTimeout(timer);
    }
  }
}

/** HTTP as whoever the widget talks for now. */
export function apiOf({ person }: { person: { authorization: Authorize } }): Api {
  return new Api((fresh) => person.authorization(fresh));
}

async function refusalOf(answer: Response): Promise<Refusal> {
  try {
    return new Refusal(((await answer.json()) as { error: ErrorBody }).error);
  } catch {
    return silence();
  }
}
