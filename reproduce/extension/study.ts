/**
 * Longer texts by each method of `relpos extend`: a rotary model of 128 tokens, judged as it is extended, and after it was
 * trained on for 200 steps at four times the length.
 *
 * @module
 */
import { defaultSettings } from "../../src/comparison/settings.ts";
import type { TextSettings } from "../../src/comparison/settings.ts";
import type { Experiment } from "../experiment.ts";
import { asTrained, methods, trainLength } from "./methods.ts";
import { runExtensionStudy } from "./run-study.ts";

/** Settings of the models before they are extended; `encodings` are methods. */
const settings: Omit<TextSettings, "encodings"> = {
  ...defaultSettings,
  corpus: { name: "moby-dick" },
  seeds: [1, 2, 3],
  ...{ steps: 800, batch: 16, layers: 2, width: 64, heads: 2 },
  ...{ optimiser: "adamw", learningRate: 3e-3, warmup: 80 },
  trainLength,
  testLengths: [128, 256, 512, 1024],
  evaluationTokens: 8192,
  threads: 1,
};

/** The two experiments; they share their models. */
export const extensionExperiments: readonly Experiment[] = [
  {
    id: "extended",
    title: "Bits per byte on Moby-Dick, trained on 128 bytes with rope and extended by 4",
    settings: { ...settings, encodings: [asTrained, ...methods.map(({ method }) => method)] },
    study: (given) => runExtensionStudy("extended", given),
  },
  {
    id: "tuned",
    title: "The same, trained on for 200 steps on windows of 512 bytes",
    settings: {
      ...settings,
      encodings: [asTrained, ...methods.flatMap(({ method, tuned }) => (tuned ? [method] : []))],
    },
    study: (given) => runExtensionStudy("tuned", given),
  },
];
