/**
 * The settings of a training run, and the values they have when nothing is said.
 *
 * @module
 */
import type { CorpusChoice } from "../data/corpus.ts";
import type { Cut } from "../data/split.ts";
import type { BlockConfig } from "../model/config.ts";
import type { OptimiserName } from "../training/optimiser-name.ts";

/** Everything that decides the numbers of a training run: plain data. */
export interface TrainRunSettings {
  /** A corpus of the list, or text files in their order. */
  readonly corpus: CorpusChoice;
  /** Text files to validate on. Default: the end of the training text, which is then not trained on. */
  readonly validation?: readonly string[];
  /** Where validation text may begin. */
  readonly cut: Cut;
  /** `byte`, `char`, `word`, or the path of a `tokenizer.json`. */
  readonly tokenizer: string;
  /** An id or an expression such as `rope(base=500)`, or the path of a file such as `./mine.ts`. */
  readonly encoding: string;
  /** Tokens in a training window. */
  readonly length: number;
  readonly steps: number;
  /** Windows in a step; with accumulation, in a micro-batch. */
  readonly batch: number;
  /** Micro-batches whose gradients are averaged in a step. */
  readonly accumulate: number;
  /** Width of the residual stream. */
  readonly width: number;
  readonly heads: number;
  /** Width of one head. Default: the width divided by the heads. */
  readonly headDim?: number;
  /** Heads of keys and values; each serves several heads of queries. Default: as many as heads. */
  readonly keyValueHeads?: number;
  readonly layers: number;
  /** Width of the feed-forward layer. Default: four times the width. */
  readonly hidden?: number;
  readonly norm: BlockConfig["norm"];
  /** Where norms and residual sums are, see `model/block-form.ts`. */
  readonly form: BlockConfig["form"];
  readonly activation: BlockConfig["activation"];
  /** Whether linear layers and layer norms have a bias. */
  readonly bias: boolean;
  /** Whether the head uses the token table. */
  readonly tiedHead: boolean;
  /** Share of elements dropped while training. */
  readonly dropout: number;
  /** What trains the matrices of blocks; AdamW trains everything else. */
  readonly optimiser: OptimiserName;
  /** The highest rate. Default: 1e-3, and 1e-2 with Muon. */
  readonly learningRate?: number;
  /** The last rate. Default: a tenth of the highest. */
  readonly minLearningRate?: number;
  /** Steps of rising rate. Default: 100, or a tenth of fewer than 1,000 steps. */
  readonly warmup?: number;
  /**
   * The step at which the last rate is reached; further steps have that rate. Default: the steps with which the run
   * began. A run that is to be trained further says here how far.
   */
  readonly decaySteps?: number;
  /** AdamW's second decay. */
  readonly beta2: number;
  /** The optimiser's decay of the parameters that decay. */
  readonly weightDecay: number;
  /** Largest norm of all gradients together; 0 for no clipping. */
  readonly clip: number;
  /** Seed of first values, batches and dropout. */
  readonly seed: number;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
  /** Steps between two measurements of the loss on validation text. Default: a fifth of the steps. */
  readonly validateEvery?: number;
  /**
   * Measurements without a lower validation loss after which training ends, with the weights of the lowest one. 0: it
   * ends with the last step, and with its weights.
   */
  readonly patience: number;
  /** Validation tokens that are evaluated at most. */
  readonly evaluationTokens: number;
  /** `cpu`, `webgpu` or `cuda`. */
  readonly device: "cpu" | "webgpu" | "cuda";
  /** Threads of the runtime; 0: it chooses. */
  readonly threads: number;
}

/** The highest rate of a run that is given none, by optimiser. */
export const defaultRates: Readonly<Record<OptimiserName, number>> = { adamw: 1e-3, muon: 1e-2 };

/** The values of settings that are not given; those that are left out here depend on others. */
export const defaultTrainSettings: Omit<
  TrainRunSettings,
  "validation" | "hidden" | "headDim" | "keyValueHeads" | "learningRate" | "minLearningRate" | "warmup" | "decaySteps" | "validateEvery"
> = {
  corpus: { name: "moby-dick" },
  cut: "paragraph",
  tokenizer: "byte",
  encoding: "rope",
  length: 128,
  steps: 1000,
  batch: 16,
  accumulate: 1,
  width: 128,
  heads: 4,
  layers: 4,
  norm: "layer",
  form: "pre",
  activation: "gelu",
  bias: true,
  tiedHead: false,
  dropout: 0,
  optimiser: "adamw",
  beta2: 0.95,
  weightDecay: 0.1,
  clip: 1,
  seed: 1,
  checkpointEvery: 100,
  patience: 0,
  evaluationTokens: 65_536,
  device: "cpu",
  threads: 0,
};
