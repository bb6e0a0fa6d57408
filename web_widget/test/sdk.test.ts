import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Compiles what a user of the package has written; the errors, if any. */
function compiled(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sdk-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(here("../sdk"), join(folder, "node_modules", "chatserver-widget"));
  writeFileSync(join(folder, "app.ts"), source);
  const options = ["--strict", "--noEmit", "--module", "ESNext", "--moduleResolution", "bundler", "--lib", "ES2022,DOM", "--types", ""];
  try {
    execFileSync(process.execPath, [here("../node_modules/typescript/bin/tsc"), ...options, "app.ts"], { cwd: folder });
    return "";
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout);
  }
}

const START = 'import { createChat } from "chatserver-widget";\nconst chat = createChat({ server: "https://x.example", theme: { accent: "#7a1fa2" } });\n';

test("the package is typed: what its README shows compiles", () => {
  const source = `${START}chat.identify(async () => "token");
chat.on("unread", (count) => count.toFixed());
chat.on("status", ({ conversation, status }) => conversation + status);
chat.theme({ scheme: "dark" }); chat.open(); chat.close(); chat.logout(); chat.locale("zh-CN");`;
  expect(compiled(source)).toBe("");
});

test.each(['chat.on("nothing", () => 1);', "chat.identify(7);", 'chat.theme({ scheme: "pink" });', "createChat({});"])("a mistake is found: %s", (mistake) => {
  expect(compiled(START + mistake)).toContain("error TS");
});

test("importing it needs no page", async () => {
  const built = (await import(/* @vite-ignore */ here("../sdk/dist/index.js"))) as { createChat: unknown };
  expect(typeof built.createChat).toBe("function");
});
