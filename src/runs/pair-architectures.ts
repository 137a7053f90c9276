/**
 * The architectures that are trained from texts to texts: each makes a model of the settings and the pairs, what trains it, its loss
 * on validation pairs, and what `run.json` records of it.
 *
 * @module
 */
import { sequenceLength } from "../data/pairs/pair-sequences.ts";
import type { EncodedPair, PairSymbols } from "../data/pairs/pair-tokens.ts";
import { asInputError } from "../errors.ts";
import { pairLossEvaluator } from "../evaluation/pairs.ts";
import type { PairLossEvaluator, PairLossRequest } from "../evaluation/pairs.ts";
import { sequenceLossEvaluator } from "../evaluation/sequences.ts";
import { chooseEncoding } from "../loading/encoding-file.ts";
import { transformerConfig } from "../model/config.ts";
import type { TransformerOptions } from "../model/config.ts";
import { encoderDecoderConfig, halfConfig } from "../model/encoder-decoder-config.ts";
import { encoderDecoder } from "../model/encoder-decoder.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { pairTraining } from "../training/pair-batches.ts";
import type { PairTraining, TrainingOfPairs } from "../training/pair-batches.ts";
import { sequenceTraining } from "../training/sequence-objective.ts";
import type { CompletePairSettings } from "./complete-pair-settings.ts";
import { refuseTooLargePairs } from "./pair-size-limit.ts";
import { recordedEncodingOf } from "./recorded.ts";
import { requireEffect } from "./require-effect.ts";
import type { DecoderOnlyRun, EncoderDecoderRun, PairArchitecture } from "./run-document.ts";
import { refuseTooLarge, refuseTooLargeModel } from "./size-limit.ts";

/** Pairs to train on, as tokens. */
export interface TrainingPairs {
  readonly pairs: readonly EncodedPair[];
  /** Tokens of the longest source and target. */
  readonly longest: { readonly source: number; readonly target: number };
  readonly symbols: PairSymbols;
}

/** A model of pairs, to be trained. */
export interface PairSubject extends Pick<TrainingOfPairs, "objective" | "batches"> {
  readonly model: EncoderDecoder | LanguageModel;
  /** What the run records of the model. */
  readonly described:
    | Pick<EncoderDecoderRun, "architecture" | "model" | "encodings">
    | Pick<DecoderOnlyRun, "architecture" | "model" | "encodings" | "trainLength">;
  /** Compiles the loss on other pairs. */
  evaluator(request: PairLossRequest): Promise<PairLossEvaluator>;
}

/**
 * The model of each architecture that writes texts; `span-subject.ts` has the one that finds them.
 *
 * @throws {InputError} (the functions) a setting or encoding cannot be, or training does not fit in memory
 */
export const pairSubjects: Readonly<
  Record<
    Exclude<PairArchitecture, "span">,
    (settings: CompletePairSettings, training: TrainingPairs) => Promise<PairSubject>
  >
> = { "encoder-decoder": encoderDecoderSubject, "decoder-only": decoderOnlySubject };

async function encoderDecoderSubject(
  settings: CompletePairSettings,
  { pairs, longest, symbols }: TrainingPairs,
): Promise<PairSubject> {
  const { width, hidden, encoderLayers, decoderLayers, accumulate } = settings;
  const { source: sourceLength, target: targetLength } = longest;
  refuseTooLarge({
    ...{ width, hidden, layers: encoderLayers + decoderLayers, vocab: symbols.vocab },
    ...{ batch: 1, length: targetLength, accumulate, models: 1 },
  });
  const config = asInputError(() =>
    encoderDecoderConfig({ ...blockOf(settings, symbols), encoderLayers, decoderLayers }),
  );
  const [encoder, decoder, cross] = [
    await chooseEncoding(settings.encoding),
    await chooseEncoding(settings.decoderEncoding),
    await chooseEncoding(settings.crossEncoding),
  ];
  const model = asInputError(() =>
    encoderDecoder(config, { encoder, decoder, cross, sourceLength, targetLength }),
  );
  const { shapes, ...training } = asInputError(() =>
    pairTraining(model, pairs, trainingOf(settings, symbols)),
  );
  refuseTooLargePairs(model, shapes);
  asInputError(() => {
    requireEffect(encoder.definition, halfConfig(config, "encoder"), sourceLength);
    requireEffect(decoder.definition, halfConfig(config, "decoder"), targetLength);
  });
  return {
    ...{ ...training, model },
    described: {
      architecture: "encoder-decoder",
      model: config,
      encodings: {
        encoder: recordedEncodingOf(encoder),
        decoder: recordedEncodingOf(decoder),
        cross: recordedEncodingOf(cross),
      },
    },
    evaluator: (request) => pairLossEvaluator(model, request),
  };
}

async function decoderOnlySubject(
  settings: CompletePairSettings,
  { pairs, symbols }: TrainingPairs,
): Promise<PairSubject> {
  const { width, hidden, decoderLayers: layers, accumulate } = settings;
  const trainLength = pairs.reduce((most, pair) => Math.max(most, sequenceLength(pair)), 0);
  refuseTooLarge({
    ...{ width, hidden, layers, vocab: symbols.vocab },
    ...{ batch: 1, length: trainLength, accumulate, models: 1 },
  });
  const config = asInputError(() =>
    transformerConfig({ ...blockOf(settings, symbols), layers }),
  );
  const encoding = await chooseEncoding(settings.encoding);
  const { definition } = encoding;
  const model = asInputError(() => languageModel(config, definition, trainLength));
  const { shapes, ...training } = asInputError(() =>
    sequenceTraining(model, pairs, trainingOf(settings, symbols)),
  );
  for (const { batch, lengths } of shapes)
    refuseTooLargeModel(model, { batch, length: lengths.source });
  asInputError(() => requireEffect(definition, config, trainLength));
  return {
    ...{ ...training, model },
    described: {
      architecture: "decoder-only",
      model: config,
      encodings: { decoder: recordedEncodingOf(encoding) },
      trainLength,
    },
    evaluator: (request) => sequenceLossEvaluator(model, request),
  };
}

/** The settings that both halves of a model and every architecture share. */
function blockOf(
  settings: CompletePairSettings,
  { vocab }: PairSymbols,
): Omit<TransformerOptions, "layers"> {
  const { width, heads, headDim, keyValueHeads } = settings;
  const { hidden, norm, form, activation, bias, tiedHead, dropout } = settings;
  return {
    ...{ vocab, model: width, heads, hidden },
    ...(headDim === undefined ? {} : { headDim }),
    ...(keyValueHeads === undefined ? {} : { keyValueHeads }),
    ...{ norm, form, activation, bias, tiedHead, dropout },
  };
}

function trainingOf(settings: CompletePairSettings, { begin }: PairSymbols): PairTraining {
  const { batch, accumulate, labelSmoothing, shapes, batchTokens } = settings;
  return {
    ...{ batch, accumulate, begin, labelSmoothing, shapes },
    ...(batchTokens > 0 ? { batchTokens } : {}),
  };
}
