import type { ErrorBody } from "@chatserver/shared";

/** A request that was refused, or that never reached the server (`status` 0, code `retry`). */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly error: ErrorBody;

  constructor(status: number, error: ErrorBody) {
    super(error.message);
    this.status = status;
    this.error = error;
  }
}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  token?: string;
  signal?: AbortSignal;
}

/** Answer a request with its response; every failure is an `HttpRefusal`, but for an abort, which stays one. */
export async function call(path: string, { method = "GET", body, token, signal }: Call = {}): Promise<Response> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  const init: RequestInit = { method, headers, credentials: "omit", cache: "no-store" };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (signal !== undefined) init.signal = signal;
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new HttpRefusal(0, { code: "retry", message: "unreachable" });
  }
  if (!response.ok) throw new HttpRefusal(response.status, await errorOf(response));
  return response;
}

/** Answer a request with the JSON it returns. */
export async function callJson<Result>(path: string, options: Call = {}): Promise<Result> {
  return (await (await call(path, options)).json()) as Result;
}

async function errorOf(response: Response): Promise<ErrorBody> {
  try {
    const { error } = (await response.json()) as { error?: ErrorBody };
    if (error?.code) return error;
  } catch {
    // A proxy answers in its own words; the status is all there is to know.
  }
  return { code: response.status === 401 ? "unauthenticated" : "retry", message: `HTTP ${response.status}` };
}
