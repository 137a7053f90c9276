/**
 * SCAN: commands in English to sequences of actions, trained on outputs of at most 26 actions and judged on longer ones.
 *
 * The data are Lake and Baroni's (2018), both files of their split by length together: the cut lies elsewhere here.
 *
 * @module
 */
import { defaultPairsSettings } from "../src/comparison/settings.ts";
import type { PairsSettings } from "../src/comparison/settings.ts";
import { order } from "./claim-words.ts";
import type { Experiment, Place, Row } from "./experiment.ts";

/** Where the files are, seen from the folder of the project. */
const folder = "../shared/data/scan";
const near = "t5(form=scaled,maxDistance=32)";

/** Two layers of width 64 in each half. A command has at most nine words and its end symbol. */
const settings: PairsSettings = {
  ...defaultPairsSettings,
  pairs: {
    task: "translate",
    data: {
      files: ["train", "test"].map((part) => `${folder}/tasks_${part}_length.txt.gz`),
      format: "scan",
    },
  },
  ...{ tokenizer: "word", measure: "exact" },
  encodings: ["sinusoidal", "rope", near, "shaw"],
  seeds: [1, 2, 3],
  // 26 actions and the end symbol.
  ...{ trainLength: 10, testLengths: [10], targetLength: 27 },
  ...{ steps: 1200, batch: 64, warmup: 100, evaluationSamples: 400, threads: 1 },
};

/** With the end symbol, and with answers as long as the right ones, for which no end symbol was learned. */
export const scanExperiments: readonly Experiment[] = [
  {
    id: "scan",
    title: "SCAN, outputs of at most 26 actions in training",
    settings,
  },
  {
    id: "scan-length-given",
    title: "SCAN, the same without an end symbol, the length of the answer given",
    settings: { ...settings, answerEnd: "length" },
  },
];

const longer = (experiment: string): Place => ({
  ...{ experiment, length: 10, protocol: "validation-longer" },
});
const relative = ["rope", near, "shaw"];

/** The article's claim at its clearest: lengths that training never showed. */
export const scan: Row = {
  id: "scan",
  title: "SCAN: outputs longer than any of the training",
  papers: [
    {
      title: "Csordás et al. 2021, The Devil is in the Detail",
      url: "https://arxiv.org/abs/2108.12284",
    },
    {
      title: "Newman et al. 2020, The EOS Decision and Length Extrapolation",
      url: "https://arxiv.org/abs/2010.07174",
    },
  ],
  published:
    "Trained on outputs of at most 26 actions and tested on longer ones, models with relative positions answer 100 % right, and models with " +
    "absolute positions 0 %. On other splits by length, models trained without an end symbol, whose answers are cut at the length of the " +
    "right answer, have an accuracy about 40 points higher than models trained with one.",
  ours:
    "Two layers of width 64 in each half in place of three of 128, 1,200 steps of 64 pairs. 18,286 commands have at most 26 actions; 1,000 " +
    "of all are held out, and 400 of the 2,624 longer ones are judged. The relative encodings are those of relpos in both halves, not the " +
    "papers' own. The claims compare answers with an end symbol; the further ones, answers whose length is given.",
  experiments: scanExperiments.map(({ id }) => id),
  learned: {
    at: scanExperiments.map(({ id }) => ({ experiment: id, length: 10 })),
    measure: "exact answers",
    least: 0.9,
  },
  claims: relative.map((better) => order(better, "sinusoidal", [longer("scan")], "exact answers")),
  further: relative.map((better) =>
    order(better, "sinusoidal", [longer("scan-length-given")], "exact answers"),
  ),
  figures: scanExperiments.map(({ id, title }) => ({
    ...{ experiment: id, measure: "exact answers" as const, protocol: "validation-longer" },
    title,
  })),
  longer: "The papers train 40 times as long, and report the best of several models.",
};
