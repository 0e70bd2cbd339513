import { defineConfig } from "vite";

/** One of the tablet's two scripts, by the mode's name: its page's, with the style sheet, or its service worker. */
export default defineConfig(({ mode }) => ({
  root: new URL(".", import.meta.url).pathname,
  publicDir: false,
  build: {
    outDir: "../../src/polku/site/static/polku/built/tablet",
    emptyOutDir: false,
    target: "es2022",
    reportCompressedSize: false,
    modulePreload: false,
    lib: { entry: `${mode}.ts`, formats: ["iife"], name: "_", fileName: () => `${mode}.js`, cssFileName: mode },
  },
}));
