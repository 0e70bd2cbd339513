import { defineConfig } from "vite";

/** The survey widget: one plain script without imports. Its name carries no hash, because websites link to it. */
export default defineConfig({
  root: new URL(".", import.meta.url).pathname,
  publicDir: false,
  build: {
    outDir: "../../src/polku/site/static/polku/built/widget",
    emptyOutDir: false,
    target: "es2022",
    reportCompressedSize: false,
    modulePreload: false,
    lib: { entry: "polku-surveys.ts", formats: ["iife"], name: "_", fileName: () => "polku-surveys.js" },
  },
});
