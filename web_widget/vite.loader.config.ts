import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `widget.js`: what a host page includes by a script tag, so a classic script without imports. */
export default defineConfig({
  root: here("."),
  publicDir: false,
  oxc: { assumptions: { setPublicClassFields: true } },
  build: {
    outDir: here("dist"),
    emptyOutDir: false,
    target: ["es2019", "chrome74", "safari12.1"],
    lib: {
      entry: here("widget/loader/main.ts"),
      name: "ChatserverLoader",
      formats: ["iife"],
      fileName: () => "widget.js",
    },
  },
});
