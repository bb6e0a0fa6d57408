import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Profile } from "@chatserver/shared";
import { Credentials, type Kept } from "../src/auth/credentials.ts";

const AGENT: Profile = { id: "a", name: "Ann", email: "ann@example.com", role: "agent", tier: 1, skills: [], must_enrol: false };
const LIFE_S = 900;

let asked: string[];
let answer: () => Response;

const signedIn = (): Response =>
  Response.json({ access_token: `access ${asked.length}`, refresh_token: `refresh ${asked.length}`, expires_in: LIFE_S, agent: AGENT });

const kept = (lifeMs = LIFE_S * 1_000): Kept => ({
  id: "tab",
  access: "access 0",
  refresh: "refresh 0",
  expiresAt: Date.now() + lifeMs,
  agent: AGENT,
});

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answer = signedIn;
  vi.stubGlobal("fetch", (_path: string, { body }: { body: string }) => {
    asked.push((JSON.parse(body) as { refresh_token: string }).refresh_token);
    return Promise.resolve(answer());
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("calls at the same time share one refresh, so that no token is used twice", async () => {
  const credentials = new Credentials(kept(), () => undefined, () => undefined);
  expect(await Promise.all([credentials.renew(), credentials.renew()])).toEqual(["access 1", "access 1"]);
  await credentials.renew();
  expect(asked).toEqual(["refresh 0", "refresh 1"]);
});

test("tokens are renewed by themselves before they end, and what is kept follows", async () => {
  const stored: (Kept | null)[] = [];
  const credentials = new Credentials(kept(), (now) => stored.push(now), () => undefined);
  await vi.advanceTimersByTimeAsync((LIFE_S - 121) * 1_000);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked).toEqual(["refresh 0"]);
  expect(stored[stored.length - 1]?.refresh).toBe("refresh 1");
  credentials.stop();
});

test("a token that is about to end is not handed out", async () => {
  const credentials = new Credentials(kept(3_000), () => undefined, () => undefined);
  expect(await credentials.access()).toBe("access 1");
  expect(await credentials.access()).toBe("access 1");
});

test("a refused refresh ends the sign-in and leaves nothing behind", async () => {
  answer = () => Response.json({ error: { code: "unauthenticated", message: "" } }, { status: 401 });
  let ended = 0;
  const stored: (Kept | null)[] = [];
  const credentials = new Credentials(kept(), (now) => stored.push(now), () => (ended += 1));
  await expect(credentials.renew()).rejects.toMatchObject({ status: 401 });
  expect(ended).toBe(1);
  expect(stored[stored.length - 1]).toBeNull();
});

test("a server that is away ends nothing: the refresh is tried again", async () => {
  answer = () => new Response("", { status: 503 });
  let ended = 0;
  const credentials = new Credentials(kept(), () => undefined, () => (ended += 1));
  await expect(credentials.renew()).rejects.toMatchObject({ status: 503 });
  answer = signedIn;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(ended).toBe(0);
  expect(await credentials.access()).toBe("access 2");
});
