/**
 * The settings of a comparison on pairs of texts.
 *
 * @module
 */
import type { PairChoice } from "../../data/pairs/choice.ts";
import { defaultPairSettings } from "../../runs/pair-settings.ts";
import { defaultRates } from "../../runs/train-settings.ts";
import type { PairTask } from "../../runs/run-document.ts";
import type { ModelSettings } from "../model-settings.ts";
import type { ModelDefaults } from "./kind.ts";

/** What encodings can be ranked by: exact match, BLEU, chrF, ROUGE-L, F1 of words. */
export const pairMeasureNames = ["exact", "bleu", "chrf", "rouge", "f1"] as const;
/** See `pairMeasureNames`. */
export type PairMeasure = (typeof pairMeasureNames)[number];

/**
 * Where an answer ends: where the model writes the end symbol; or at the length of the right answer, which then is given, and models
 * learn no end symbol. Newman et al. (2020, https://arxiv.org/abs/2010.07174) compare both on targets longer than any of the training.
 */
export const answerEnds = ["symbol", "length"] as const;
/** See `answerEnds`. */
export type AnswerEnd = (typeof answerEnds)[number];

/** A comparison of encoder-decoders on pairs of texts; lengths are tokens of a source, its end symbol among them. */
export interface PairsSettings extends ModelSettings {
  /** What the models are for, and which pairs they learn from. */
  readonly pairs: { readonly task: PairTask; readonly data: PairChoice };
  /** Of both sides: `byte`, `char`, the path of a `tokenizer.json`, or `bpe:8000`, which is trained on the training pairs. */
  readonly tokenizer: string;
  /** What encodings are ranked by. */
  readonly measure: PairMeasure;
  /** In the decoder's self-attention, the same in all models. Default: each model's encoding, which is its encoder's. */
  readonly decoderEncoding?: string;
  /**
   * The most tokens of a target of the training, its end symbol among them. Pairs with longer targets are judged apart. Default: no
   * limit.
   */
  readonly targetLength?: number;
  /** Where an answer ends. Default: "symbol". */
  readonly answerEnd?: AnswerEnd;
  /** Pairs judged at each length, at most. */
  readonly evaluationSamples: number;
}

/** The defaults of a comparison on pairs, narrower than those of a run so that ten models are trained in minutes. Layers are those of each half. */
export const defaultPairsSettings: Omit<
  PairsSettings,
  "pairs" | "encodings" | "threads" | "trainLength" | "testLengths" | "tokenizer" | "measure"
> &
  ModelDefaults = {
  seeds: [1, 2],
  // Only where the data do not say it, see `lengthsOfPairs`.
  trainLength: 64,
  steps: defaultPairSettings.steps,
  batch: 32,
  width: 64,
  heads: defaultPairSettings.heads,
  layers: defaultPairSettings.encoderLayers,
  learningRate: defaultRates[defaultPairSettings.optimiser],
  optimiser: defaultPairSettings.optimiser,
  warmup: 40,
  weightDecay: defaultPairSettings.weightDecay,
  clipNorm: defaultPairSettings.clip,
  evaluationSamples: 200,
  device: "cpu",
};

/** The default encodings: of each kind one that an encoder can have too. */
export const pairsEncodings: readonly string[] = [
  ...["none", "sinusoidal", "rope", "alibi"],
  "t5(form=scaled,maxDistance=32)",
];

/** The default test lengths, as multiples of the train length: short sources, all that training had, and longer ones. */
export const pairsMultiples: readonly number[] = [0.5, 1, 2];

/** The tokenizer where none is chosen, as in a run of pairs. */
export function defaultTokenizer({ name }: PairChoice): string {
  return name === undefined ? "bpe:8000" : "char";
}
