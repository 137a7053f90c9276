/**
 * What a trial trains on and how its model is judged. There is one for text, one for tasks and one for pairs of texts, see
 * `kinds/`; a caller can write one for data of their own.
 *
 * @module
 */
import type { Measures } from "../measures/measure.ts";
import type { EncodedPair } from "../data/pairs/pair-tokens.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { RowSource } from "../training/language-objective.ts";
import type { Evaluation } from "./trial-record.ts";

/** How a trained model is judged. */
export interface Judging<Trained> {
  /** What models are judged by. */
  readonly measures: Measures;
  /** The ways in which a model is judged at each length, the most important first. */
  readonly protocols: readonly string[];
  /** Judges a trained model at one length under every protocol that has something to judge there, in their order. */
  judge(request: JudgeRequest<Trained>): Promise<Judgement>;
  /**
   * Mean nats a token of a trained model at the train length, on data that it was not trained on and is not judged on.
   * Learning rates are chosen by it; absent where they are not.
   */
  readonly validate?: (request: ValidateRequest<Trained>) => Promise<number>;
}

/** What a language model is trained on and judged on. */
export interface TrialData extends Judging<TrainedModel> {
  /** What training reads. */
  readonly training: Int32Array | RowSource;
}

/** An encoder-decoder and its weights. */
export interface TrainedPairModel {
  readonly model: EncoderDecoder;
  readonly weights: Weights;
}

/** What an encoder-decoder is trained on and judged on. */
export interface PairTrialData extends Judging<TrainedPairModel> {
  /** Pairs to train on; their targets end with the end symbol, unless models learn none. */
  readonly pairs: readonly EncodedPair[];
  /** The id that a target begins with. */
  readonly begin: number;
  /** Tokens of the longest source and the longest target of training. */
  readonly longest: { readonly source: number; readonly target: number };
  /** Of the decoder's self-attention. Default: the encoding of the trial, which is the encoder's. */
  readonly decoder?: EncodingDefinition;
  /** The share of each target token that is spread evenly over the vocabulary. */
  readonly labelSmoothing: number;
  /** Shapes of batches at most. */
  readonly shapes: number;
}

/** What the model of a trial is trained on and judged on. */
export type AnyTrialData = TrialData | PairTrialData;

/** A model whose validation loss is asked for. */
export type ValidateRequest<Trained = TrainedModel> = Pick<
  JudgeRequest<Trained>,
  "trained" | "seed" | "compile" | "compileOptions"
>;

/** A model to be judged at a length. */
export interface JudgeRequest<Trained = TrainedModel> {
  readonly trained: Trained;
  readonly length: number;
  readonly seed: number;
  readonly compile?: Compile | undefined;
  readonly compileOptions?: CompileOptions | undefined;
  readonly onEvaluation?: ((length: number, protocol: string) => void) | undefined;
}

/** How a model did at one length. */
export interface Judgement {
  readonly evaluations: readonly Evaluation[];
  /** Mean nats per token at each position, where that was measured. */
  readonly lossByPosition?: readonly number[];
}
