import { defineConfig } from "vite";

/** One of the tracker's files, by the mode's name: a plain script without imports. Its name carries no hash, because websites link to it. */
export default defineConfig(({ mode }) => ({
  root: new URL(".", import.meta.url).pathname,
  publicDir: false,
  build: {
    outDir: "../../src/polku/site/static/polku/built/tracker",
    emptyOutDir: false,
    target: "es2022",
    reportCompressedSize: false,
    modulePreload: false,
    lib: { entry: `${mode}.ts`, formats: ["iife"], name: "_", fileName: () => `${mode}.js` },
    rolldownOptions: { output: { comments: { legal: true } } },
  },
}));
