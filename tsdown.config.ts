import { fileURLToPath } from "node:url";
import { defineConfig } from "tsdown";
import type { UserConfig } from "tsdown";
import { carryRuntime } from "./packing/onnxruntime.ts";

const config: UserConfig = defineConfig({
  entry: [
    "src/index.ts",
    "src/browser.ts",
    "src/cli/main.ts",
    "src/cli/device-probe.ts",
    "src/sweep/trial-process.ts",
    "src/sweep/cost-process.ts",
  ],
  format: "esm",
  platform: "node",
  fixedExtension: false,
  target: "node22",
  // File for file as in src: trials and the probe of a device are started by their paths.
  unbundle: true,
  dts: true,
  clean: true,
  hooks: {
    "build:done": () =>
      carryRuntime(fileURLToPath(new URL("dist/onnxruntime-node", import.meta.url))),
  },
});

export default config;
