import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));

interface Chunk {
  readonly file: string;
  readonly imports?: string[];
  readonly css?: string[];
}

type Manifest = Record<string, Chunk>;

const gzipped = (file: string): number => gzipSync(readFileSync(DIST + file)).length;

function manifest(page: string): Manifest {
  return JSON.parse(readFileSync(`${DIST}.vite/${page}.json`, "utf8")) as Manifest;
}

/** The files a browser loads before the page can be used: the entry, what it imports, their styles. */
function firstLoad(chunks: Manifest, entries: readonly string[]): Set<string> {
  const files = new Set<string>();
  const visit = (name: string): void => {
    const chunk = chunks[name];
    if (chunk === undefined) throw new Error(`${name} is not part of the build`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const next of chunk.imports ?? []) visit(next);
  };
  entries.forEach(visit);
  return files;
}

/** What the first screen of the widget needs. */
const FIRST = ["index.html", "src/texts/all_first"];

/** What a whole conversation needs, from the first screen on. */
const TALKING = [...FIRST, "src/chat.tsx", "src/texts/all_chat"];

function inLanguage(parts: readonly string[], language: string): string[] {
  return parts.map((part) => (part.includes("texts/") ? `widget/${part}_${language}.ts` : `widget/${part}`));
}

/** What the pages may weigh, in bytes after gzip: a slow phone loads 40 kB in about a second. */
const PAGES: Array<[string, string[], number]> = [
  ["widget", inLanguage(FIRST, "zh"), 25_600],
  ["widget", inLanguage(FIRST, "en"), 25_600],
  ["widget", inLanguage(TALKING, "zh"), 40_960],
  ["widget", inLanguage(TALKING, "en"), 40_960],
  ["console", ["console/index.html"], 92_160],
];

describe("the first load stays small", () => {
  test("there is a build to weigh: npm run build", () => {
    expect(existsSync(`${DIST}widget.js`)).toBe(true);
  });

  test("the loader, which every page of the host carries, at most 10 kB", () => {
    expect(gzipped("widget.js")).toBeLessThanOrEqual(10_240);
  });

  test.each(PAGES)("%s with %j at most %i bytes", (page, entries, limit) => {
    const files = [`${page}/index.html`, ...firstLoad(manifest(page), entries)];
    const weights = files.map((file) => gzipped(file));
    expect(weights.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(limit);
  });
});

describe("the pages obey the content security policy", () => {
  test.each(["widget/index.html", "console/index.html", "demo/index.html"])("%s has no inline code or style", (page) => {
    const html = readFileSync(DIST + page, "utf8");
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?:\/\//i);
  });
});
