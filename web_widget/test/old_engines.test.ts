import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAst } from "rolldown/parseAst";
import { describe, expect, test } from "vitest";

/**
 * Wallets run in the web views of phones that get no updates any more: Chromium 74 and Safari 12.1, of spring 2019. Nothing
 * that the widget and the loader are made of may need more than that.
 */
const DIST = fileURLToPath(new URL("../dist/", import.meta.url));

interface Chunk {
  readonly file: string;
  readonly css?: string[];
}

const manifest = JSON.parse(readFileSync(`${DIST}.vite/widget.json`, "utf8")) as Record<string, Chunk>;
const chunks = Object.values(manifest);
const scripts = ["widget.js", ...new Set(chunks.map(({ file }) => file))].filter((file) => file.endsWith(".js"));
const styles = [...new Set(chunks.flatMap(({ css = [] }) => css))];
const read = (file: string): string => readFileSync(DIST + file, "utf8");

interface Node {
  readonly type: string;
  readonly operator?: string;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly bigint?: string;
}

/** What a node of the tree needs that came later; null for everything else. */
function tooNew({ type, operator = "", regex, bigint }: Node): string | null {
  if (["ChainExpression", "PrivateIdentifier", "PropertyDefinition", "StaticBlock"].includes(type)) return type;
  if (["??", "??=", "||=", "&&="].includes(operator)) return operator;
  if (regex !== undefined && (/\(\?<[=!]/.test(regex.pattern) || /[dv]/.test(regex.flags))) return `/${regex.pattern}/${regex.flags}`;
  return bigint === undefined ? null : `${bigint}n`;
}

function visit(node: unknown, found: string[]): void {
  if (typeof node !== "object" || node === null) return;
  if ("type" in node) found.push(...[tooNew(node as Node)].filter((one) => one !== null));
  for (const child of Object.values(node)) visit(child, found);
}

function needs(source: string): string[] {
  const found: string[] = [];
  visit(parseAst(source, { lang: "js" }), found);
  return found;
}

const LATER_NAMES =
  /\.(?:replaceAll|matchAll|findLast|findLastIndex|toSorted|toReversed|toSpliced|at|hasOwn|allSettled|any|randomUUID|replaceChildren|arrayBuffer|groupBy|showModal|isWellFormed)\(|structuredClone|AbortSignal\.(?:timeout|any)|WeakRef|requestIdleCallback|new (?:window\.)?AudioContext|new (?:BroadcastChannel|OffscreenCanvas|VisualViewport)|createImageBitmap|scheduler\.|navigator\.(?:locks|share|wakeLock)|Intl\.(?:Segmenter|ListFormat|RelativeTimeFormat|DisplayNames)/;

describe("scripts run in engines of spring 2019", () => {
  test("there are some, and what is newer is noticed", () => {
    expect(scripts.length).toBeGreaterThan(10);
    expect(needs("a?.b ?? c; class D { #e; f = 1 } /(?<=g)h/; a ||= 1n")).toHaveLength(8);
  });

  test.each(scripts)("%s", (file) => {
    expect(needs(read(file))).toEqual([]);
    expect(LATER_NAMES.exec(read(file))).toBeNull();
  });
});

const LATER_STYLE = /:is\(|:where\(|:has\(|inset:|inset-(?:inline|block)|aspect-ratio|@layer|@container|\d(?:d|s|l)v[hw]|light-dark\(|color-mix\(|accent-color/;

describe("styles are understood, or have something before them that is", () => {
  test.each([...styles])("%s", (file) => {
    const css = read(file);
    expect(LATER_STYLE.exec(css)).toBeNull();
    for (const [, body = ""] of css.matchAll(/\{([^{}]*)\}/g)) {
      // Gaps between flex items came in 2020; those of grids are older.
      if (/display:(?:inline-)?flex/.test(body)) expect(body).not.toMatch(/(?:^|;)(?:row-|column-)?gap:/);
      for (const [, property = ""] of body.matchAll(/(?:^|;)([\w-]+):[^;]*\b(?:min|max|clamp)\(/g)) {
        const first = new RegExp(`(?:^|;)${property}:([^;]*)`).exec(body)?.[1] ?? "";
        expect(first, body).not.toMatch(/\b(?:min|max|clamp)\(/);
      }
    }
  });
});

test("everything in the folder belongs to a page that was looked at, or is not for phones", () => {
  const known = ["widget", "console", "demo"].flatMap((page) =>
    Object.values(JSON.parse(readFileSync(`${DIST}.vite/${page}.json`, "utf8")) as Record<string, Chunk & { assets?: string[] }>).flatMap(
      ({ file, css = [], assets = [] }) => [file, ...css, ...assets],
    ),
  );
  expect(readdirSync(`${DIST}assets`).filter((name) => !known.includes(`assets/${name}`))).toEqual([]);
});
