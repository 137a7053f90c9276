/**
 * The settings of a run that is trained from texts to texts, and the values they have when nothing is said.
 *
 * @module
 */
import type { PairChoice } from "../data/pairs/choice.ts";
import type { PairArchitecture, PairTask } from "./run-document.ts";
import { defaultTrainSettings } from "./train-settings.ts";
import type { TrainRunSettings } from "./train-settings.ts";

/** Settings that a run of pairs has in common with one of a text; `batch` counts pairs. */
export type SharedSettings = Omit<
  TrainRunSettings,
  "corpus" | "validation" | "cut" | "length" | "layers" | "tokenizer"
>;

/** Everything that decides the numbers of a run that is trained on pairs: plain data. */
export interface PairRunSettings extends SharedSettings {
  /** What the model is for. */
  readonly task: PairTask;
  /**
   * What the model is. "decoder-only" reads source and target as one sequence, with `encoding` and `decoderLayers`. "span" finds
   * answers in texts, with `encoding` and `encoderLayers`, in rows of `sourceLength` tokens (default 384, fewer for shorter texts).
   */
  readonly architecture: PairArchitecture;
  /** Built-in pairs, or files. */
  readonly data: PairChoice;
  /**
   * Of both sides: `byte`, `char`, `word`, the path of a `tokenizer.json`, or `bpe:8000`, which is trained on the training pairs.
   * Default: `char` for built-in pairs, `bpe:8000` for files.
   */
  readonly tokenizer?: string;
  /** In the decoder's self-attention. Default: `encoding`, which is the encoder's. */
  readonly decoderEncoding?: string;
  /** In the decoder's attention to the source. */
  readonly crossEncoding: string;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  /** The most tokens of a source; training pairs that have more are left out. Default: no limit. */
  readonly sourceLength?: number;
  /** The most tokens of a target; training pairs that have more are left out. Default: no limit. */
  readonly targetLength?: number;
  /** Tokens of the longer side of a micro-batch, padding included, at most; 0: no limit. */
  readonly batchTokens: number;
  /** Shapes of batches, each of which is compiled: more of them leave less padding. */
  readonly shapes: number;
  /** The share of each target token that is spread evenly over the vocabulary. */
  readonly labelSmoothing: number;
}

const { norm, form, activation, bias, clip, seed, accumulate } = defaultTrainSettings;
const { heads, width, checkpointEvery, patience, evaluationTokens } = defaultTrainSettings;
const { encoding, device, threads } = defaultTrainSettings;

/** The values of settings that are not given; those that are left out here depend on others. */
export const defaultPairSettings: PairRunSettings = {
  task: "translate",
  architecture: "encoder-decoder",
  data: { name: "dates" },
  ...{ encoding, crossEncoding: "none", encoderLayers: 2, decoderLayers: 2 },
  ...{ width, heads, norm, form, activation, bias },
  tiedHead: true,
  dropout: 0,
  labelSmoothing: 0,
  ...{ steps: 500, batch: 64, batchTokens: 0, shapes: 12, accumulate },
  ...{ optimiser: "muon", beta2: 0.98, weightDecay: 0.01, clip },
  ...{ seed, checkpointEvery, patience, evaluationTokens, device, threads },
};
