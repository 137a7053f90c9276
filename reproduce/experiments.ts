/**
 * Every experiment with all its settings. Sizes were found by short trials, see README.md.
 *
 * @module
 */
import { defaultSettings, defaultTaskSettings } from "../src/comparison/settings.ts";
import type { TaskSettings, TextSettings } from "../src/comparison/settings.ts";
import type { Experiment } from "./experiment.ts";

const seeds = [1, 2, 3];

/** Moby-Dick in bytes, train length 64, judged up to 16 times that. */
const text: Omit<TextSettings, "encodings"> = {
  ...defaultSettings,
  corpus: { name: "moby-dick" },
  seeds,
  testLengths: [64, 128, 256, 512, 1024],
  evaluationTokens: 8192,
  threads: 1,
};

const task: Omit<TaskSettings, "task" | "encodings" | "testLengths"> = {
  ...defaultTaskSettings,
  seeds,
  batch: 16,
  learningRate: 2e-3,
  threads: 1,
};

/** The five encodings of the NoPE study: as there, and as they come here. */
export const nopeStudy = {
  reference: [
    "none(scoreScale=1)",
    "t5(scoreScale=1,biasMultiplier=1,maxDistance=128)",
    "alibi(scoreScale=1)",
    "rope(rotated=4,layout=interleaved,scoreScale=1)",
    "sinusoidal(layout=concat,embedScale=none,scoreScale=1)",
  ],
  ours: ["none", "t5", "alibi", "rope", "sinusoidal"],
} as const;

/** The tasks of the NoPE study that are repeated here. */
export const nopeTasks = [
  { id: "copy", task: "copy", trainLength: 20, testLengths: [20, 24, 30, 40], steps: 2000 },
  { id: "reverse", task: "reverse", trainLength: 20, testLengths: [20, 24, 30, 40], steps: 2000 },
  { id: "addition", task: "addition", trainLength: 8, testLengths: [8, 10, 12, 16], steps: 2000 },
  { id: "sort", task: "sort", trainLength: 20, testLengths: [20, 24, 30, 40], steps: 2000 },
] as const;

/** The bases of the randomized positions, each with and without. */
export const randomizedBases = ["sinusoidal", "rope", "alibi", "transformer-xl"] as const;

/** An encoding with positions drawn from 256. */
export function randomizedOf(base: string): string {
  return `randomized(base=${base},range=256)`;
}

/** The tasks of the paper on randomized positions that are repeated here. */
export const randomizedTasks = [
  { id: "reverse", task: "reverse(alphabet=2)" },
  { id: "duplicate", task: "duplicate" },
  { id: "missing-duplicate", task: "missing-duplicate" },
  { id: "bucket-sort", task: "bucket-sort" },
] as const;

const contextual = ["cope", "none", "sinusoidal", "rope", "alibi", "fox", "path"];

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
        ...["none", "sinusoidal", "learned", "rope", "alibi", "t5", "t5(maxDistance=128)"],
        ...["kerple-log", "kerple-power", "sandwich"],
        ...["distance-row", ...lengthFreeRows],
      ],
    },
  },
  ...(["reference", "ours"] as const).flatMap((kind) =>
    nopeTasks.map(({ id, testLengths, ...sizes }): Experiment => ({
      id: `nope-${id}-${kind}`,
      title:
        `The ${id} task, trained up to length ${sizes.trainLength}, ` +
        (kind === "reference" ? "with the study's options" : "with relpos's defaults"),
      settings: { ...task, ...sizes, testLengths: [...testLengths], encodings: nopeStudy[kind] },
    })),
  ),
  {
    id: "article-copy",
    title: "The article's encoding on the copy task, trained up to length 20",
    settings: {
      ...task,
      ...nopeTasks[0],
      testLengths: [...nopeTasks[0].testLengths],
      encodings: ["learned", "distance-row", ...lengthFreeRows],
    },
  },
  ...randomizedTasks.map(({ id, task: name }): Experiment => ({
    id: `randomized-${id}`,
    title: `The ${id} task, trained up to length 20, with positions drawn and in order`,
    settings: {
      ...task,
      task: name,
      testLengths: [20, 30, 40],
      steps: 1500,
      encodings: randomizedBases.flatMap((base) => [base, randomizedOf(base)]),
    },
  })),
  {
    id: "flip-flop",
    title: "Flip-flop, trained on 32 instructions",
    settings: {
      ...task,
      task: "flip-flop",
      trainLength: 32,
      testLengths: [32, 64],
      steps: 1000,
      encodings: contextual,
    },
  },
  {
    id: "counting",
    title: "Counting with one variable, trained on up to 16 steps",
    settings: {
      ...task,
      task: "counting(variables=1,passes=10)",
      trainLength: 16,
      testLengths: [16, 32],
      batch: 32,
      steps: 1000,
      encodings: contextual,
    },
  },
  {
    id: "selective-copy",
    title: "Selective copy of 16 symbols",
    settings: {
      ...task,
      task: "selective-copy",
      trainLength: 16,
      testLengths: [16],
      steps: 1500,
      encodings: contextual,
    },
  },
];
