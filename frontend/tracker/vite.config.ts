import { defineConfig } from "vite";

/**
 * The tracker's two files, each a plain script without imports: `vite build --config tracker/vite.config.ts --mode NAME`.
 * The main build empties its folder, so these run after it. Their names carry no hash: websites link to them.
 */
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
