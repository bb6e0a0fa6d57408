/** What the console sends and gets is typed by the server: no type of the wire is written by hand, none is talked away. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const CONSOLE = join(import.meta.dirname, "../console/src");
const GENERATED = readFileSync(join(import.meta.dirname, "../shared/src/generated/protocol.ts"), "utf8");

const SOURCES = readdirSync(CONSOLE, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(CONSOLE, path), "utf8") }));

test("no command is sent and no event heard past its type", () => {
  const bent = SOURCES.filter(({ text }) => /as never|as any|\.command\([^)]*\bas\b/.test(text));
  expect(bent.map(({ path }) => path)).toEqual([]);
});

test("no type of the wire has a second one beside it", () => {
  const generated = new Set([...GENERATED.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name));
  const twice = SOURCES.flatMap(({ path, text }) =>
    [...text.matchAll(/^export interface (\w+)/gm)].flatMap(([, name]) => (generated.has(name) ? [`${path} ${name}`] : [])),
  );
  expect(twice).toEqual([]);
});
