/**
 * The settings of a comparison on text.
 *
 * @module
 */
import type { ModelSettings } from "../model-settings.ts";
import type { CorpusChoice, ModelDefaults } from "./kind.ts";

/** A comparison on text. */
export interface TextSettings extends ModelSettings {
  /** Text files, or the name of a corpus. */
  readonly corpus: CorpusChoice;
  /** Text files to judge on; undefined: the end of the text. */
  readonly validation?: readonly string[] | undefined;
  /** `byte`, `char`, `word`, or the path of a `tokenizer.json`. */
  readonly tokenizer: string;
  /** Of that file, in hexadecimal digits; the trials check it where it is given. */
  readonly tokenizerSha256?: string;
  /** Tokens that a sliding window moves at a time. */
  readonly stride: number;
  /** Validation tokens judged at most. */
  readonly evaluationTokens: number;
}

/** The defaults of a comparison on text, chosen so that the command ends within four minutes on two cores. */
export const defaultSettings: Omit<
  TextSettings,
  "corpus" | "encodings" | "threads" | "tokenizerSha256"
> &
  ModelDefaults = {
  tokenizer: "byte",
  seeds: [1, 2],
  trainLength: 64,
  testLengths: [64, 128, 256, 512],
  steps: 570,
  batch: 16,
  width: 128,
  heads: 4,
  layers: 2,
  learningRate: 1e-2,
  optimiser: "muon",
  warmup: 57,
  weightDecay: 0.1,
  clipNorm: 1,
  stride: 64,
  evaluationTokens: 16384,
  device: "cpu",
};

/** The default encodings: one of each kind that runs at every length, within the time of the default run. */
export const textEncodings: readonly string[] = [
  ...["none", "sinusoidal", "rope", "alibi"],
  // Every bucket is trained in windows of 64 tokens.
  "t5(form=scaled,maxDistance=32)",
];

/** The default test lengths, as multiples of the train length. */
export const textMultiples: readonly number[] = [1, 2, 4, 8];
