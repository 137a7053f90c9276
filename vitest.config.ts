import { defineConfig } from "vitest/config";

/** Where the results go as JSON as well; continuous integration counts them there. */
const report = process.env["RELPOS_TEST_REPORT"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    pool: "forks",
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});
