/** Builds the tracker's files after everything else, because the main build empties the folder they go into. */
import { build, type Plugin } from "vite";

export const tracker: Plugin = {
  name: "tracker",
  apply: "build",
  enforce: "post",
  async closeBundle() {
    for (const mode of ["polku", "polku-vitals"]) {
      await build({ configFile: new URL("vite.config.ts", import.meta.url).pathname, mode, logLevel: "warn" });
    }
  },
};
