/**
 * A reproduction of two small experiments in a folder, as a process of its own that a test can kill.
 */
import path from "node:path";
import type { Experiment } from "../../reproduce/experiment.ts";
import { reproduce } from "../../reproduce/run.ts";
import { defaultTaskSettings } from "../../src/comparison/settings.ts";

const shared = {
  ...defaultTaskSettings,
  ...{ seeds: [1, 2], threads: 1, width: 16, heads: 2, layers: 1, batch: 4 },
  ...{ trainLength: 4, testLengths: [4, 6], evaluationSamples: 30, warmup: 2 },
};
const experiments: readonly Experiment[] = [
  {
    id: "first",
    title: "Copy",
    settings: {
      ...shared,
      task: "copy(alphabet=4)",
      steps: 120,
      encodings: ["none", "no-such", "rope(rotated=4)", "randomized(base=unheard)"],
    },
  },
  {
    id: "second",
    title: "Parity",
    settings: { ...shared, task: "parity", steps: 60, encodings: ["none", "learned"] },
  },
];

const folder = process.argv[2]!;
const stop = new AbortController();
if (process.argv[3]) setTimeout(() => stop.abort(), Number(process.argv[3]));
const written = await reproduce({
  experiments,
  folder: path.join(folder, "trials"),
  results: path.join(folder, "results"),
  processes: 2,
  signal: stop.signal,
  say: (line) => console.log(line),
});
console.log(`written: ${written.join(", ")}`);
