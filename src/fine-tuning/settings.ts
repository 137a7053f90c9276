/**
 * The settings of a run that goes on from a trained model, and the values they have when nothing is said.
 *
 * @module
 */
import type { AdapterTarget } from "../model/low-rank.ts";
import { defaultTrainSettings } from "../runs/train-settings.ts";
import type { TrainRunSettings } from "../runs/train-settings.ts";
import type { OptimiserName } from "../training/optimiser-name.ts";

/** Settings that say how it is trained, as in a run from random values. */
type OfTraining =
  | ("corpus" | "validation" | "cut" | "steps" | "batch" | "accumulate" | "optimiser" | "beta2")
  | ("learningRate" | "minLearningRate" | "warmup" | "decaySteps" | "weightDecay" | "clip")
  | ("seed" | "checkpointEvery" | "validateEvery" | "patience" | "evaluationTokens")
  | ("device" | "threads");

/** Everything that decides the numbers of a run that goes on from a model: plain data. */
export interface FineTuneSettings extends Pick<TrainRunSettings, OfTraining> {
  /** Folder of a pretrained model, of one that `extend` wrote, or of a run. */
  readonly from: string;
  /** Tokens in a training window. Default: the longest text that the model was made for, at most 512. */
  readonly trainLength?: number;
  /** Share of elements dropped while training. Default: that of the run it goes on from; 0 for a pretrained model. */
  readonly dropout?: number;
  /** Rank of low-rank adapters, which alone are trained. Default: all weights are trained, and there are none. */
  readonly loraRank?: number;
  /** Adapters count alpha / rank times. Default: the rank. */
  readonly loraAlpha?: number;
  /** Layers of each block that have an adapter. Default: query and value. */
  readonly loraTargets?: readonly AdapterTarget[];
}

/** The longest windows of a run that is given no train length. */
export const longestDefaultLength = 512;

/** The highest rate of a run that is given none, by optimiser: a tenth of that of a new model. */
export const fineTuneRates: Readonly<Record<OptimiserName, number>> = { adamw: 1e-4, muon: 1e-3 };

/** The same where adapters alone are trained: so many times the rate. */
export const loraRateFactor = 10;

/** The layers that have an adapter where none are named. */
export const defaultLoraTargets: readonly AdapterTarget[] = ["query", "value"];

/** The values of settings that are not given; those that are left out here depend on others. */
export const defaultFineTuneSettings: Omit<
  FineTuneSettings,
  | ("loraRank" | "loraAlpha" | "loraTargets")
  | ("from" | "trainLength" | "dropout" | "validation" | "learningRate" | "minLearningRate")
  | ("warmup" | "decaySteps" | "validateEvery")
> = {
  corpus: defaultTrainSettings.corpus,
  cut: defaultTrainSettings.cut,
  steps: 200,
  batch: 4,
  accumulate: 1,
  optimiser: "adamw",
  beta2: defaultTrainSettings.beta2,
  weightDecay: 0,
  clip: defaultTrainSettings.clip,
  seed: defaultTrainSettings.seed,
  checkpointEvery: defaultTrainSettings.checkpointEvery,
  patience: 0,
  evaluationTokens: defaultTrainSettings.evaluationTokens,
  device: "cpu",
  threads: 0,
};
