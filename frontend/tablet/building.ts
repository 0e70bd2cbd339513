/** Builds the tablet's files after everything else, because the main build empties the folder they go into. */
import { build, type Plugin } from "vite";

export const tablet: Plugin = {
  name: "tablet",
  apply: "build",
  enforce: "post",
  async closeBundle() {
    for (const mode of ["tablet", "worker"]) {
      await build({ configFile: new URL("vite.config.ts", import.meta.url).pathname, mode, logLevel: "warn" });
    }
  },
};
