/**
 * Every experiment with all its settings. Sizes were found by short trials, see README.md.
 *
 * @module
 */
import { defaultSettings, defaultTaskSettings } from "../src/comparison/settings.ts";
import type { TaskSettings, TextSettings } from "../src/comparison/settings.ts";
import type { Experiment } from "./experiment.ts";
import { extensionExperiments } from "./extension/study.ts";
import { scanExperiments } from "./scan.ts";

const seeds = [1, 2, 3];

/** Moby-Dick in bytes, train length 64, judged up to 16 times that. */
const text: Omit<TextSettings, "encodings"> = {
  ...defaultSettings,
  corpus: { name: "moby-dick" },
  seeds,
  ...{ steps: 600, batch: 16, layers: 3 },
  ...{ optimiser: "adamw", learningRate: 3e-3, warmup: 60 },
  testLengths: [64, 128, 256, 512, 1024],
  evaluationTokens: 8192,
  threads: 1,
};

/** Three layers of width 64, trained up to length 20 unless an experiment says otherwise. */
const task: Omit<TaskSettings, "task" | "encodings" | "testLengths"> = {
  ...defaultTaskSettings,
  trainLength: 20,
  seeds,
  threads: 1,
};

/** T5's bias in models that scale their scores: with every bucket trained in short texts, and with the published distance. */
export const t5 = { near: "t5(form=scaled,maxDistance=32)", published: "t5(form=scaled)" } as const;

/** Waves added to token vectors that start as all weights do, as in the models of these records. */
export const sinusoidal = "sinusoidal(tokenStart=0.02)";

/**
 * The five encodings of the NoPE study: as there, and as they come here. Its token vectors start from N(0, 1); ours
 * from N(0, 0.02²), so that waves added to them unscaled would drown them, and the root of the width stays.
 */
export const nopeStudy = {
  reference: [
    "none(scoreScale=1)",
    "t5(form=scaled,scoreScale=1,biasMultiplier=1)",
    "alibi(scoreScale=1)",
    "rope(layout=interleaved,rotated=4,scoreScale=1)",
    "sinusoidal(layout=concat,tokenStart=0.02,scoreScale=1)",
  ],
  ours: ["none", t5.near, "alibi", "rope", sinusoidal],
} as const;

/** Tasks trained up to length 20: those of the NoPE study that are learned at this size, see README.md. */
export const shortTasks = [
  { id: "copy", task: "copy", steps: 1500 },
  { id: "reverse", task: "reverse", steps: 1500 },
  { id: "sort", task: "sort(alphabet=10)", steps: 1000 },
] as const;

/** The lengths at which those are judged; training has up to the first. */
export const shortLengths = [20, 22, 24, 30, 40] as const;

/** Encodings without and with positions sampled from 256. */
export const randomizedPairs = [
  {
    plain: sinusoidal,
    sampled: "randomized(base=sinusoidal,baseOptions={tokenStart=0.02},range=256)",
  },
  { plain: "rope", sampled: "randomized(base=rope,range=256)" },
  { plain: "alibi", sampled: "randomized(base=alibi,range=256)" },
] as const;

const contextual = ["cope", "none", sinusoidal, "rope", "alibi"];

/** Ways of `distance-row` that give numbers at any length. */
export const lengthFreeRows = [
  "distance-row(mode=fixed-anchors)",
  "distance-row(mode=normalise)",
  "distance-row(mode=bucket,causal=true)",
] as const;

/** All experiments, in the order in which they run. */
export const experiments: readonly Experiment[] = [
  {
    id: "text",
    title: "Bits per byte on Moby-Dick, trained on windows of 64 bytes",
    settings: {
      ...text,
      encodings: [
        ...["none", sinusoidal, "learned", "rope", "alibi", t5.near, t5.published],
        ...["kerple-log", "kerple-power", "sandwich"],
        ...["distance-row", ...lengthFreeRows],
      ],
    },
  },
  ...shortTasks.map(({ id, ...sizes }): Experiment => ({
    id: `${id}-nope`,
    title: `The ${id} task, trained up to length 20, with the NoPE study's options`,
    settings: { ...task, ...sizes, testLengths: shortLengths, encodings: nopeStudy.reference },
  })),
  ...shortTasks.map(({ id, ...sizes }): Experiment => ({
    id,
    title: `The ${id} task, trained up to length 20`,
    settings: {
      ...task,
      ...sizes,
      testLengths: shortLengths,
      encodings: [...nopeStudy.ours, ...randomizedPairs.map(({ sampled }) => sampled)],
    },
  })),
  {
    id: "article-copy",
    title: "The article's encoding on the copy task, trained up to length 20",
    settings: {
      ...task,
      ...{ task: "copy", steps: 1500, testLengths: shortLengths },
      encodings: ["learned", "distance-row", ...lengthFreeRows.slice(0, 2)],
    },
  },
  {
    id: "flip-flop",
    title: "Flip-flop, trained on 32 instructions",
    settings: {
      ...task,
      ...{ task: "flip-flop", trainLength: 32, testLengths: [32, 64], steps: 2000, batch: 16 },
      encodings: [...contextual, "fox", "path"],
    },
  },
  {
    id: "counting",
    title: "Counting with one variable, trained on up to 16 steps",
    settings: {
      ...task,
      ...{ task: "counting(variables=1,passes=10)", trainLength: 16, testLengths: [16, 32] },
      steps: 1000,
      encodings: contextual,
    },
  },
  {
    id: "selective-copy",
    title: "Selective copy of 16 symbols",
    settings: {
      ...task,
      ...{ task: "selective-copy", trainLength: 16, testLengths: [16], steps: 1000, batch: 16 },
      encodings: contextual,
    },
  },
  ...extensionExperiments,
  ...scanExperiments,
];
