import { MemoryStorage } from "@chatserver/shared";
import { expect, test } from "vitest";
import { anonymous, claimsOf, identified } from "../src/identity.ts";

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

function token(claims: object): string {
  const middle = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `e30.${middle}.c2ln`;
}

const english = (): string => "en";

test("a token is used until shortly before its end, then the page is asked for another", async () => {
  const tokens = [token({ sub: "林", exp: inSeconds(300) }), token({ sub: "林", exp: inSeconds(600) })];
  let asked = 0;
  const person = await identified(() => Promise.resolve(tokens[asked++] ?? null), english);
  expect(person?.scope).toBe("user:林");
  expect(await person?.auth(false)).toEqual({ as: "user", token: tokens[0], locale: "en" });
  expect(await person?.auth(false)).toMatchObject({ token: tokens[0] });
  expect(asked).toBe(1);
  expect(await person?.auth(true)).toMatchObject({ token: tokens[1] });
});

test("a token that is about to end is not connected with", async () => {
  const tokens = [token({ sub: "a", exp: inSeconds(5) }), token({ sub: "a", exp: inSeconds(300) })];
  let asked = 0;
  const person = await identified(() => Promise.resolve(tokens[asked++] ?? null), english);
  expect(await person?.auth(false)).toMatchObject({ token: tokens[1] });
});

test("a page without a token has nobody to speak for", async () => {
  expect(await identified(() => Promise.resolve(null), english)).toBeNull();
});

test("an anonymous person returns with the key of before, and gives it up when it is unknown", async () => {
  const storage = new MemoryStorage();
  anonymous(english, storage).remember("key-1");
  const back = anonymous(english, storage);
  expect(await back.auth(false)).toEqual({ as: "user", locale: "en", visitor: "key-1" });
  expect(await back.auth(true)).toEqual({ as: "user", locale: "en" });
  expect(await back.auth(false)).toEqual({ as: "user", locale: "en" });
});

test("what is no token says nothing", () => {
  for (const bad of ["", "a", "a.b.c", "a.e30.c", token({ sub: 1, exp: 2 })]) expect(claimsOf(bad)).toBeNull();
});
