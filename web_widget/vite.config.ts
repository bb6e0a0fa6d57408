import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The server that `npm run dev` talks to. */
const server = process.env["CHATSERVER_URL"] ?? "http://127.0.0.1:8080";

const PAGES = ["widget", "console", "demo"];

/**
 * The pages. Each is built by itself (`--mode widget` …), so that nothing one of them needs makes
 * another heavier; the loader (`widget.js`) is one classic script with a configuration of its own.
 */
export default defineConfig(({ mode }) => {
  const pages = PAGES.includes(mode) ? [mode] : PAGES;
  return {
    root: here("."),
    appType: "mpa",
    // Fields as plain assignments: engines of 2019 have no others, and a helper for each is a tenth of a page.
    oxc: { assumptions: { setPublicClassFields: true } },
    build: {
      outDir: here("dist"),
      emptyOutDir: false,
      // Web views of 2019 still run wallets: no syntax that they cannot read.
      target: ["es2019", "chrome74", "safari12.1"],
      // The content security policy has no room for data: fonts or styles.
      assetsInlineLimit: 0,
      modulePreload: false,
      manifest: `.vite/${mode}.json`,
      rolldownOptions: {
        input: Object.fromEntries(pages.map((page) => [page, here(`${page}/index.html`)])),
      },
    },
    server: {
      proxy: {
        "/socket.io": { target: server, ws: true },
        "/api": server,
        "/demo/session": server,
        "/demo/users": server,
      },
    },
  };
});
