import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

/** Where the results go as JSON as well; continuous integration counts them there. */
const report = process.env["RELPOS_TEST_REPORT"];

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    pool: "forks",
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});

export default config;
