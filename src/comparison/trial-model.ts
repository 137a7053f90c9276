/**
 * The model of a trial: a language model, or an encoder-decoder where the data are pairs of texts. What trains, judges and
 * measures trials uses this interface and knows neither.
 *
 * @module
 */
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import type { TransformerConfig } from "../model/config.ts";
import { encoderDecoderConfig } from "../model/encoder-decoder-config.ts";
import type { EncoderDecoderConfig } from "../model/encoder-decoder-config.ts";
import { encoderDecoder } from "../model/encoder-decoder.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { languageModel } from "../model/transformer.ts";
import type { Weights } from "../parameters/weights.ts";
import type { BatchSource } from "../training/batch-source.ts";
import { languageTraining } from "../training/language-objective.ts";
import type { LanguagePlan } from "../training/language-objective.ts";
import type { Objective } from "../training/objective.ts";
import { pairTraining } from "../training/pair-batches.ts";
import type { TrainingPlan } from "../training/plan.ts";
import { scorePicture } from "./score-picture.ts";
import type {
  AnyTrialData,
  JudgeRequest,
  Judgement,
  PairTrialData,
  TrialData,
} from "./trial-data.ts";
import type { ScorePicture } from "./trial-record.ts";

/** What a model is made of. */
export interface TrialModelRequest {
  readonly definition: EncodingDefinition;
  /** Of an encoder-decoder, that of each half. */
  readonly config: TransformerConfig;
  readonly plan: LanguagePlan;
  readonly data: AnyTrialData;
}

/** A model of a trial. */
export interface TrialModel {
  /** Id of its encoding. */
  readonly encoding: string;
  /** Learned numbers. */
  readonly parameters: number;
  /** What trains it, and how. */
  training(): {
    readonly objective: Objective;
    readonly batches: BatchSource;
    readonly plan: TrainingPlan;
  };
  /** Judges its weights at a length. */
  judge(weights: Weights, at: Omit<JudgeRequest, "trained">): Promise<Judgement>;
  /** The loss that learning rates are chosen by, where the data have it. */
  readonly validate?: (
    weights: Weights,
    how: Omit<JudgeRequest, "trained" | "length">,
  ) => Promise<number>;
  /** What the encoding does to scores; absent where it is not drawn. */
  readonly picture?: (weights: Weights, seed: number) => ScorePicture;
}

/**
 * The model of a trial.
 *
 * @throws {RangeError} it cannot have the encoding
 */
export function trialModel(request: TrialModelRequest): TrialModel {
  const { data } = request;
  const { batch, length, ...plan } = request.plan;
  const given = { ...request, batch, length, plan };
  return "pairs" in data ? pairModel(given, data) : languageTrialModel(given, data);
}

/** The request with its plan in parts. */
interface Given extends Omit<TrialModelRequest, "plan"> {
  readonly batch: number;
  readonly length: number;
  readonly plan: TrainingPlan;
}

function languageTrialModel(
  { definition, config, batch, length, plan }: Given,
  data: TrialData,
): TrialModel {
  const model = languageModel(config, definition, length);
  const { validate } = data;
  return {
    encoding: model.encoding.id,
    parameters: model.parameters.count,
    training: () => ({ ...languageTraining(model, data.training, { batch, length }), plan }),
    judge: (weights, at) => data.judge({ ...at, trained: { model, weights } }),
    ...(validate && {
      validate: (weights, how) => validate({ ...how, trained: { model, weights } }),
    }),
    picture: (weights, seed) =>
      scorePicture({ model, weights }, { size: Math.min(48, length), seed }),
  };
}

function pairModel({ definition, config, batch, plan }: Given, data: PairTrialData): TrialModel {
  const { longest, begin, labelSmoothing, shapes, validate } = data;
  const model = encoderDecoderOf(config, {
    ...{ encoder: definition, decoder: data.decoder, longest },
  });
  return {
    encoding: model.encoder.id,
    parameters: model.parameters.count,
    training() {
      const how = { batch, begin, labelSmoothing, shapes };
      const { objective, batches } = pairTraining(model, data.pairs, how);
      return { objective, batches, plan };
    },
    judge: (weights, at) => data.judge({ ...at, trained: { model, weights } }),
    ...(validate && {
      validate: (weights, how) => validate({ ...how, trained: { model, weights } }),
    }),
  };
}

/** The encodings of an encoder-decoder, and the lengths that it trains at. */
export interface EncoderDecoderOf {
  readonly encoder: EncodingDefinition;
  /** Default: as in the encoder. */
  readonly decoder?: EncodingDefinition | undefined;
  readonly longest: PairTrialData["longest"];
}

/**
 * The encoder-decoder of a comparison; nothing is added to the scores of its attention to the source.
 *
 * @throws {RangeError} it cannot have one of the encodings
 */
export function encoderDecoderOf(
  config: TransformerConfig,
  { encoder, decoder = encoder, longest }: EncoderDecoderOf,
): EncoderDecoder {
  return encoderDecoder(bothHalves(config), {
    ...{ encoder: { definition: encoder }, decoder: { definition: decoder } },
    ...{ sourceLength: longest.source, targetLength: longest.target },
  });
}

/** The settings of an encoder-decoder with the same layers in each half. */
export function bothHalves({ layers, ...config }: TransformerConfig): EncoderDecoderConfig {
  return encoderDecoderConfig({ ...config, encoderLayers: layers, decoderLayers: layers });
}
