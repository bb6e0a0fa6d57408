import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The npm package: one module for bundlers, readable, without the pages; its types come from `tsc -p sdk`. */
export default defineConfig({
  root: here("sdk"),
  publicDir: false,
  oxc: { assumptions: { setPublicClassFields: true } },
  build: {
    outDir: here("sdk/dist"),
    emptyOutDir: true,
    minify: false,
    target: ["es2019", "chrome74", "safari12.1"],
    lib: { entry: here("sdk/src/index.ts"), formats: ["es"], fileName: () => "index.js" },
  },
});
