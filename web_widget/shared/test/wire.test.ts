import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Wire } from "../src/wire.ts";

/** The other end of the line, held by the test. */
class Line {
  static readonly OPEN = 1;
  static all: Line[] = [];
  readonly url: string;
  readonly sent: string[] = [];
  readyState = Line.OPEN;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(url: string) {
    this.url = url;
    Line.all.push(this);
  }

  send(frame: string): void {
    this.sent.push(frame);
  }

  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  say(frame: unknown): void {
    this.onmessage?.({ data: frame });
  }
}

const heard: unknown[] = [];
const line = (): Line => Line.all[Line.all.length - 1] as Line;

function connected(): Wire {
  const wire = new Wire("https://chat.example", {
    onEvent: (name, body) => heard.push([name, body]),
    onRefused: (code) => heard.push(["refused", code]),
    onLost: (wasSentAway) => heard.push(["lost", wasSentAway]),
  });
  wire.connect({ as: "user" });
  return wire;
}

function letIn(): Wire {
  const wire = connected();
  line().say('0{"sid":"x","upgrades":[],"pingInterval":15000,"pingTimeout":10000,"maxPayload":1000}');
  line().say('40{"sid":"y"}');
  return wire;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Line);
  Line.all = [];
  heard.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("who this is goes into the first packet, never into the address", () => {
  letIn();
  expect(line().url).toBe("wss://chat.example/socket.io/?EIO=4&transport=websocket");
  expect(line().sent).toEqual(['40{"as":"user"}']);
});

test("an answer finds its question, in any order", async () => {
  const wire = letIn();
  const [one, two] = [wire.ask("sync", { after: 1 }, 1_000), wire.ask("typing", {}, 1_000)];
  expect(line().sent.slice(1)).toEqual(['421["sync",{"after":1}]', '422["typing",{}]']);
  line().say('432[{"ok":true}]');
  line().say('431[{"ok":false}]');
  expect([await one, await two]).toEqual([{ ok: false }, { ok: true }]);
});

test("no answer in time, or a lost connection, is null; a late answer is nobody's", async () => {
  const wire = letIn();
  const late = wire.ask("sync", {}, 1_000);
  vi.advanceTimersByTime(1_000);
  expect(await late).toBeNull();
  line().say('431[{"ok":true}]');
  const cut = wire.ask("sync", {}, 1_000);
  line().close();
  expect(await cut).toBeNull();
  expect(await wire.ask("sync", {}, 1_000)).toBeNull();
  expect(heard).toEqual([["lost", false]]);
});

test("events are told with line breaks and all; what is not text is not for us", () => {
  letIn();
  line().say('42["message_posted",{"text":"a\\nb\u2028c"}]');
  line().say(new ArrayBuffer(2));
  expect(heard).toEqual([["message_posted", { text: "a\nb\u2028c" }]]);
});

test("a ping is answered; a server that stops pinging is gone", () => {
  letIn();
  vi.advanceTimersByTime(24_000);
  line().say("2");
  expect(line().sent).toContain("3");
  vi.advanceTimersByTime(24_000);
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(heard).toEqual([["lost", false]]);
  expect(line().readyState).toBe(3);
});

test("a refusal comes with its code, a server that cannot be reached without one", () => {
  connected();
  line().say('0{"sid":"x","pingInterval":15000,"pingTimeout":10000}');
  line().say('44{"message":"no","data":{"code":"unauthenticated"}}');
  connected();
  line().close();
  expect(heard).toEqual([["refused", "unauthenticated"], ["refused", undefined]]);
});

test("being sent away is told apart from being cut off, and told once", () => {
  letIn();
  line().say("41");
  line().close();
  letIn().cut();
  expect(heard).toEqual([["lost", true], ["lost", false]]);
});

test("a connection that was left says nothing more", () => {
  const wire = letIn();
  const old = line();
  wire.connect({ as: "user" });
  old.say('42["heads",{}]');
  old.close();
  expect(old.sent[old.sent.length - 1]).toBe("41");
  wire.disconnect();
  expect(heard).toEqual([]);
});
