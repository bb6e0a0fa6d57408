import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The server that `npm run dev` talks to. */
const server = process.env["CHATSERVER_URL"] ?? "http://127.0.0.1:8080";

/**
 * Vite's own loader of parts weighs a kilobyte, most of it for what we have switched off (nonces, preloading of modules).
 * This one waits for the styles of a part and asks again for those that the network swallowed.
 */
const LOADER = `
const loading = {};
const style = (href) => (loading[href] ??= new Promise((resolve, reject) => {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "/" + href;
  link.onload = resolve;
  link.onerror = () => {
    delete loading[href];
    link.remove();
    reject(new Error(href));
  };
  document.head.append(link);
}));
export const __vitePreload = (load, styles = []) => Promise.all(styles.map(style)).then(load);
`;

function smallLoader(): Plugin {
  return {
    name: "small-loader",
    enforce: "pre",
    load: (id) => (id.endsWith("vite/preload-helper.js") ? LOADER : null),
  };
}

const PAGES = ["widget", "console", "demo"];

/** Modules of the widget that many of its parts share, by the part that is always there before the others. */
const TOGETHER = [
  { name: "preact", test: /node_modules\/preact\// },
  { name: "talk", test: /widget\/src\/desk_commands\.ts|files\/choose\.ts|ui\/icons_talk\.ts/ },
];

/**
 * The pages. Each is built by itself (`--mode widget` …), so that nothing one of them needs makes
 * another heavier; the loader (`widget.js`) is one classic script with a configuration of its own.
 */
export default defineConfig(({ mode }) => {
  const pages = PAGES.includes(mode) ? [mode] : PAGES;
  return {
    root: here("."),
    appType: "mpa",
    plugins: [smallLoader()],
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
        ...(mode === "widget" && { output: { codeSplitting: { groups: TOGETHER } } }),
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
