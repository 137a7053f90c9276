import { defineConfig } from "tsdown";
import type { UserConfig } from "tsdown";

const config: UserConfig = defineConfig({
  entry: ["src/index.ts", "src/browser.ts", "src/cli/main.ts", "src/sweep/trial-process.ts"],
  format: "esm",
  platform: "node",
  fixedExtension: false,
  target: "node22",
  // File for file as in src: a comparison starts `sweep/trial-process.js` by its path.
  unbundle: true,
  dts: true,
  clean: true,
});

export default config;
