import { expect, test } from "vitest";
import { pieces } from "../src/index.ts";

const hosts = (text: string): string[] => pieces(text).flatMap((one) => (one.kind === "link" ? [one.host] : []));

test("a link ends where the sentence goes on", () => {
  expect(pieces("see https://a.example/x?y=1, then tell me.")).toEqual([
    { kind: "text", text: "see " },
    { kind: "link", text: "https://a.example/x?y=1", href: "https://a.example/x?y=1", host: "a.example", verdict: "unknown" },
    { kind: "text", text: ", then tell me." },
  ]);
  expect(pieces("请看https://a.example/帮助。谢谢").map((one) => one.text)).toEqual(["请看", "https://a.example/帮助", "。谢谢"]);
});

test("the host shown is the one that is opened", () => {
  expect(hosts("https://tidepurse.example@evil.example/login")).toEqual(["evil.example"]);
  // The second letter is Cyrillic.
  expect(hosts("https://t\u0456depurse.example/")).toEqual(["xn--tdepurse-thh.example"]);
});

test("nothing but web addresses becomes a link", () => {
  expect(hosts("javascript:alert(1) data:text/html,x file:///etc ftp://a.example tidepurse.example")).toEqual([]);
});

test("every character is kept", () => {
  const text = "a <b> https://x.example/&amp; \u202e https://[bad https://ok.example) 终";
  expect(pieces(text).map((one) => one.text).join("")).toBe(text);
});

test("what the server judged is cut where it says, also behind signs of two halves", () => {
  const judged = [{ start: 2, end: 23, host: "evil.example", verdict: "phishing" as const }];
  expect(pieces("👌 https://evil.example/ ok", judged)).toEqual([
    { kind: "text", text: "👌 " },
    { kind: "link", text: "https://evil.example/", href: null, host: "evil.example", verdict: "phishing" },
    { kind: "text", text: " ok" },
  ]);
  const ours = [{ start: 0, end: 13, host: "tidepurse.com", verdict: "official" as const }];
  expect(pieces("tidepurse.com", ours)[0]).toMatchObject({ href: "https://tidepurse.com/", verdict: "official" });
});
