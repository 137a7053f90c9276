import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/** Where the results go as JSON as well; continuous integration counts them there. */
const report = process.env["RELPOS_TEST_REPORT"];

/** Files that take minutes come first, so that no core waits for one of them at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const long = others.filter(({ moduleId }) =>
      /webgpu-|encodings\/contract|statistics\/simulation|cli\/|browser\//.test(moduleId),
    );
    return [...long, ...others.filter((file) => !long.includes(file))];
  }
}

const config: ViteUserConfig = defineConfig({
  // Examples import the package by its name, as users do.
  resolve: {
    alias: [
      {
        find: /^relpos$/,
        replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)),
      },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // A worker runs file after file: to start one and load the sources takes more than most files do.
    isolate: false,
    // The default leaves one core for the reporter: on two cores that is one worker.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});

export default config;
