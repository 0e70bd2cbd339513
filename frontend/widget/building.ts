/** Builds the widget after everything else, because the main build empties the folder it goes into. */
import { build, type Plugin } from "vite";

export const widget: Plugin = {
  name: "widget",
  apply: "build",
  enforce: "post",
  async closeBundle() {
    await build({ configFile: new URL("vite.config.ts", import.meta.url).pathname, logLevel: "warn" });
  },
};
