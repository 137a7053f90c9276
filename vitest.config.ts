import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

/** Where the results go as JSON as well; continuous integration counts them there. */
const report = process.env["RELPOS_TEST_REPORT"];

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // The default leaves one core for the reporter: on two cores that is one worker.
    maxWorkers: availableParallelism(),
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});

export default config;
