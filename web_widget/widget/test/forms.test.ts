import { expect, test } from "vitest";
import { attributesOf, isMissing } from "../src/answers.ts";
import { choose, isForeignPicture, MOST_BYTES, sizeText } from "@chatserver/shared/files/choose";
import type { Question } from "../src/topics.ts";
import { callWindows } from "../src/windows.ts";

const question = (id: string, required = false): Question => ({ id, label: { zh: id, en: id }, kind: "text", required });

test("an answer of blanks is none, and what nobody asked is not told", () => {
  expect(isMissing(question("order", true), { order: "  " })).toBe(true);
  expect(isMissing(question("order"), {})).toBe(false);
  expect(attributesOf([question("order"), question("note")], { order: " 7 ", note: " ", other: "x" })).toEqual({ order: "7" });
});

const file = (name: string, type = "image/png", size = 10): { name: string; type: string; size: number } => ({ name, type, size });

test("pictures, PDFs and text go along, whatever a system calls a log", () => {
  const files = [file("a.png"), file("b.pdf", "application/pdf"), file("c.LOG", ""), file("d.txt", "text/plain")];
  expect(choose(files, 0)).toEqual({ taken: files, reason: null });
});

test("what cannot go along is left out, with the reason of the first", () => {
  const [good, programme, picture] = [file("a.png"), file("x.exe", "application/x-msdownload"), file("x.svg", "image/svg+xml")];
  expect(choose([programme, good, picture], 0)).toEqual({ taken: [good], reason: "type" });
  expect(choose([file("big.png", "image/png", MOST_BYTES + 1), file("empty.png", "image/png", 0)], 0)).toEqual({ taken: [], reason: "size" });
  expect(choose([good, good], 4)).toEqual({ taken: [good], reason: "count" });
});

test("sizes are said as people say them", () => {
  expect([560, 24_300, 9_870_000].map(sizeText)).toEqual(["560 B", "24 KB", "9.9 MB"]);
});

test("calls are offered by day in blocks of two hours, from when somebody is there", () => {
  const evening = new Date(2026, 10, 26, 19, 40).getTime();
  const hours = (opensAt: number | null): string[] =>
    callWindows(evening, opensAt).map(({ from, until }) => `${new Date(from).getDate()}: ${new Date(from).getHours()}-${new Date(until).getHours()}`);
  expect(hours(null)).toEqual(["27: 9-11", "27: 11-13", "27: 13-15", "27: 15-17", "27: 17-19", "27: 19-21"]);
  expect(hours(new Date(2026, 10, 28, 10).getTime())[0]).toBe("28: 10-12");
  const noon = new Date(2026, 10, 26, 11, 59).getTime();
  expect(new Date(callWindows(noon)[0]?.from ?? 0).getHours()).toBe(13);
});

test("pictures that few can open are known by their type, or by their name where a system has no word for them", () => {
  for (const one of [file("a.HEIC", ""), file("b", "image/heif"), file("c.avif", "image/avif")]) expect(isForeignPicture(one)).toBe(true);
  for (const one of [file("a.heic.png"), file("b.heic", "image/jpeg"), file("c.svg", "image/svg+xml")]) expect(isForeignPicture(one)).toBe(false);
});

test("no file may be larger than the server takes", () => {
  expect(MOST_BYTES).toBe(10_000_000);
  expect(choose([file("export.har", ""), file("orders.CSV", "text/csv"), file("state.json", "application/json")], 0).reason).toBeNull();
});
