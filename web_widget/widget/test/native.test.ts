import { expect, test } from "vitest";
import { opened, sealed } from "../src/envelope.ts";
import { nativeWay, portWay } from "../src/native.ts";

const ready = { type: "ready" } as const;
const shown = { type: "shown", isOpen: true } as const;

/** A page without a page around it, with what an app has put into it. */
function page(more: object): Window {
  const made = { ...more } as Record<string, unknown>;
  made["parent"] = made;
  return made as unknown as Window;
}

function heardBy(way: ReturnType<typeof nativeWay>): unknown[] {
  const heard: unknown[] = [];
  way?.receive((data) => heard.push(opened(data)));
  return heard;
}

test("an iOS app gets messages through its handler and answers by running a script", () => {
  const sent: unknown[] = [];
  const here = page({ webkit: { messageHandlers: { chatserver: { postMessage: (body: unknown) => sent.push(body) } } } });
  const way = nativeWay(here);
  const heard = heardBy(way);
  way?.send(ready);
  expect(sent).toEqual([sealed(ready)]);
  const { chatserver } = here as unknown as { chatserver: { receive(text: string): void } };
  chatserver.receive(JSON.stringify(sealed(shown)));
  chatserver.receive("no JSON");
  chatserver.receive('{"mark":"other","message":{"type":"shown"}}');
  expect(heard).toEqual([shown, null, null]);
});

test("an Android app with a listener for our origin speaks both ways through it", () => {
  const sent: string[] = [];
  const native = { postMessage: (text: string) => void sent.push(text), onmessage: (_event: { data: unknown }) => undefined };
  const way = nativeWay(page({ chatserverNative: native }));
  const heard = heardBy(way);
  way?.send(ready);
  native.onmessage({ data: JSON.stringify(sealed(shown)) });
  expect(sent.map((text) => JSON.parse(text) as unknown)).toEqual([sealed(ready)]);
  expect(heard).toEqual([shown]);
});

test("an Android app with an interface gets text", () => {
  const sent: string[] = [];
  nativeWay(page({ chatserverAndroid: { postMessage: (text: string) => sent.push(text) } }))?.send(ready);
  expect(sent).toEqual([JSON.stringify(sealed(ready))]);
});

test("a page in a frame, or without an app, has no bridge", () => {
  const handler = { webkit: { messageHandlers: { chatserver: { postMessage: () => undefined } } } };
  expect(nativeWay({ ...handler, parent: {} } as unknown as Window)).toBeNull();
  expect(nativeWay(page({ webkit: {} }))).toBeNull();
});

test("only a port that comes from nobody is the app's: pages always say who they are", async () => {
  let hear: (event: object) => void = () => undefined;
  const here = page({ addEventListener: (_: string, one: typeof hear) => (hear = one), removeEventListener: () => undefined });
  const sent: string[] = [];
  const port = { postMessage: (text: string) => sent.push(text), onmessage: null as null | ((event: { data: unknown }) => void) };
  const found = portWay(here);
  hear({ source: {}, data: "chatserver/1", ports: [{ postMessage: () => expect.unreachable() }] });
  hear({ source: null, data: "something else", ports: [port] });
  hear({ source: null, data: "chatserver/1", ports: [port] });
  const way = await found;
  const heard = heardBy(way);
  way.send(ready);
  port.onmessage?.({ data: JSON.stringify(sealed(shown)) });
  expect([sent, heard]).toEqual([[JSON.stringify(sealed(ready))], [shown]]);
});
