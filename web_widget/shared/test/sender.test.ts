import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Keepsake, MemoryStorage, Refusal, silence, type Files, type Outgoing, type OutgoingFile, type Posted, type Started } from "../src/index.ts";
import { Sender, type SenderOptions } from "../src/sender.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const posted = (seq: number): Posted => ({ id: `e${seq}`, seq, at: seq, duplicate: false });
const started: Started = {
  conversation: { id: "c9", status: "bot", tier: 1, epoch: 0, topic: "", heads: { public: 1 } },
  duplicate: false,
};

function sender(more: Partial<SenderOptions> = {}): Sender {
  return new Sender({
    keepsake: new Keepsake(new MemoryStorage(), "u"),
    isOnline: () => true,
    start: () => Promise.resolve(started),
    post: () => Promise.resolve(posted(1)),
    files: undefined,
    onStarted: () => undefined,
    onChange: () => undefined,
    ...more,
  });
}

const written = (key: string, lane = "c1"): Omit<Outgoing, "order" | "state"> => ({ key, kind: "message", lane, text: key, at: 0 });

test("a lost acknowledgement is answered by the same key again, before what was written later", async () => {
  const sent: string[] = [];
  const box = sender({
    post: (item) => {
      sent.push(item.key);
      return sent.length === 1 ? Promise.reject(silence()) : Promise.resolve(posted(sent.length));
    },
  });
  box.add(written("a"));
  box.add(written("b"));
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["a", "a", "b"]);
  expect(box.items.map((item) => item.state)).toEqual(["sent", "sent"]);
});

test("what the server refuses for good is shown as failed, with the reason, and the rest goes on", async () => {
  const box = sender({
    post: (item) =>
      item.key === "a" ? Promise.reject(new Refusal({ code: "too_large", message: "" })) : Promise.resolve(posted(2)),
  });
  box.add(written("a"));
  box.add(written("b"));
  await vi.runAllTimersAsync();
  expect(box.items.map(({ state, error }) => [state, error])).toEqual([["failed", "too_large"], ["sent", undefined]]);
});

test("a limit is waited out as long as the server says", async () => {
  const times: number[] = [];
  const begin = Date.now();
  const box = sender({
    post: () => {
      times.push(Date.now() - begin);
      const refusal = new Refusal({ code: "rate_limited", message: "", retry_after_ms: 7_000 });
      return times.length === 1 ? Promise.reject(refusal) : Promise.resolve(posted(1));
    },
  });
  box.add(written("a"));
  await vi.runAllTimersAsync();
  expect(times).toEqual([0, 7_000]);
});

test("written offline, it goes out when the link is back", async () => {
  let isOnline = false;
  const sent: string[] = [];
  const box = sender({
    isOnline: () => isOnline,
    post: (item) => {
      sent.push(item.key);
      return Promise.resolve(posted(1));
    },
  });
  box.add(written("a"));
  await vi.runAllTimersAsync();
  expect(sent).toEqual([]);
  isOnline = true;
  box.hurry();
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["a"]);
});

test("a reload sends what the page before could not", async () => {
  const keepsake = new Keepsake(new MemoryStorage(), "u");
  sender({ keepsake, isOnline: () => false }).add(written("a"));
  const sent: string[] = [];
  const after = sender({
    keepsake,
    post: (item) => {
      sent.push(item.key);
      return Promise.resolve(posted(1));
    },
  });
  after.hurry();
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["a"]);
});

test("words said while the conversation is being opened follow into it", async () => {
  const sent: Array<[string, string]> = [];
  const box = sender({
    post: (item) => {
      sent.push([item.key, item.lane]);
      return Promise.resolve(posted(2));
    },
  });
  box.add({ ...written("start", "new"), kind: "start", text: "" });
  box.add(written("b", "new"));
  await vi.runAllTimersAsync();
  expect(sent).toEqual([["b", "c9"]]);
  expect(box.items.map((item) => item.key)).toEqual(["b"]);
});

const file = (id: string): OutgoingFile => ({ id, name: `${id}.png`, type: "image/png", size: 9 });

function courier(more: Partial<Files> = {}): Files & { dropped: string[] } {
  const dropped: string[] = [];
  return { dropped, upload: (_lane, { id }) => Promise.resolve(`r-${id}`), drop: ({ id }) => dropped.push(id), ...more };
}

test("files go first, one after the other, then the message that names them; then the device lets go of them", async () => {
  const files = courier();
  const sent: Outgoing[] = [];
  const box = sender({ files, post: (item) => (sent.push(item), Promise.resolve(posted(1))) });
  box.add({ ...written("a"), files: [file("f1"), file("f2")] });
  await vi.runAllTimersAsync();
  expect(sent[0]?.files?.map((one) => one.remote)).toEqual(["r-f1", "r-f2"]);
  expect(files.dropped).toEqual(["f1", "f2"]);
});

test("a file that the server has is not sent again when the connection breaks before its message", async () => {
  const asked: string[] = [];
  const upload: Files["upload"] = (_lane, { id }) => {
    asked.push(id);
    return asked.length === 2 ? Promise.reject(silence()) : Promise.resolve(`r-${id}`);
  };
  const box = sender({ files: courier({ upload }) });
  box.add({ ...written("a"), files: [file("f1"), file("f2")] });
  await vi.runAllTimersAsync();
  expect(asked).toEqual(["f1", "f2", "f2"]);
  expect(box.items[0]?.state).toBe("sent");
});

test("what is thrown away while its files are under way is never posted, and nothing waits for it", async () => {
  const upload: Files["upload"] = (_lane, _file, tell, signal) =>
    new Promise((_, reject) => {
      tell(0.5);
      signal.addEventListener("abort", () => reject(silence()));
    });
  const sent: string[] = [];
  const box = sender({ files: courier({ upload }), post: (item) => (sent.push(item.key), Promise.resolve(posted(1))) });
  box.add({ ...written("a"), files: [file("f1")] });
  box.add(written("b"));
  expect(box.progress.get("f1")).toBe(0.5);
  box.discard("a");
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["b"]);
});

test("a file that is refused fails its message with the reason", async () => {
  const upload: Files["upload"] = () => Promise.reject(new Refusal({ code: "too_large", message: "" }));
  const box = sender({ files: courier({ upload }) });
  box.add({ ...written("a"), files: [file("f1")] });
  await vi.runAllTimersAsync();
  expect(box.items[0]).toMatchObject({ state: "failed", error: "too_large" });
});
