import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CatchUp } from "../src/catchup.ts";
import { ConversationLog, Refusal, silence, type Commands, type SyncPage } from "../src/index.ts";
import { message } from "./make.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const PAGE = 2;

/** A thread of the server with this many messages, read in small pages. */
function pageOf(head: number, { after }: Commands["sync"]["body"]): SyncPage {
  const last = Math.min(head, after + PAGE);
  const events = Array.from({ length: Math.max(0, last - after) }, (_, index) => message(after + index + 1, "m"));
  return { events, last: head, more: last < head };
}

interface Reading {
  readonly log: ConversationLog;
  readonly asked: number[];
  readonly catchUp: CatchUp;
}

function reading(answer: (body: Commands["sync"]["body"], count: number) => SyncPage): Reading {
  const log = new ConversationLog("c1");
  const asked: number[] = [];
  const catchUp = new CatchUp({
    log: (id) => (id === log.id ? log : undefined),
    onEvent: (event) => void log.receive(event),
    sync: async (body) => {
      asked.push(body.after);
      return answer(body, asked.length);
    },
  });
  return { log, asked, catchUp };
}

test("everything that is missing is read, page after page", async () => {
  const { log, asked, catchUp } = reading((body) => pageOf(5, body));
  catchUp.want("c1", "public");
  await vi.runAllTimersAsync();
  expect(asked).toEqual([0, 2, 4]);
  expect(log.view.last.public).toBe(5);
});

test("what arrived live meanwhile is not shown twice", async () => {
  const { log, catchUp } = reading((body) => {
    if (body.after === 0) log.receive(message(1, "live"));
    return pageOf(3, body);
  });
  catchUp.want("c1", "public");
  await vi.runAllTimersAsync();
  expect(log.view.messages.map((one) => one.seq)).toEqual([1, 2, 3]);
});

test("asking twice reads once", async () => {
  const { asked, catchUp } = reading((body) => pageOf(1, body));
  catchUp.want("c1", "public");
  catchUp.want("c1", "public");
  await vi.runAllTimersAsync();
  expect(asked).toEqual([0]);
});

test("silence is answered by asking again from the same place", async () => {
  const { asked, log, catchUp } = reading((body, count) => {
    if (count === 2) throw silence();
    return pageOf(4, body);
  });
  catchUp.want("c1", "public");
  await vi.runAllTimersAsync();
  expect(asked).toEqual([0, 2, 2]);
  expect(log.isBehind("public")).toBe(false);
});

test("a thread that may not be read is left alone", async () => {
  const { asked, log, catchUp } = reading(() => {
    throw new Refusal({ code: "not_found", message: "" });
  });
  catchUp.want("c1", "public");
  await vi.runAllTimersAsync();
  expect(asked).toEqual([0]);
  expect(log.unreadable).toBe(true);
});

test("a new link does not sit out the pause of the old one", async () => {
  let isBack = false;
  const { asked, catchUp } = reading((body) => {
    if (!isBack) throw new Refusal({ code: "retry", message: "", retry_after_ms: 60_000 });
    return pageOf(1, body);
  });
  catchUp.want("c1", "public");
  await vi.advanceTimersByTimeAsync(10);
  isBack = true;
  catchUp.reset();
  catchUp.want("c1", "public");
  await vi.advanceTimersByTimeAsync(10);
  expect(asked).toEqual([0, 0]);
});
