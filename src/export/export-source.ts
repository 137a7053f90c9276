/**
 * What is exported: a trained model with what its folder says of texts and tokens.
 *
 * @module
 */
import type { PairSymbols } from "../data/pairs/pair-tokens.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import type { CheckpointFacts } from "../families/load-checkpoint.ts";
import type { TargetTokens } from "../families/target-tokens.ts";
import type { TrainedEncoderDecoder } from "../generation/target-decoder.ts";
import type { EncoderModel } from "../model/encoder-model.ts";
import type { MaskedHead } from "../model/masked-model.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { Weights } from "../parameters/weights.ts";
import type { DecoderOnlyRun, EncoderDecoderRun, ModelRun } from "../runs/run-document.ts";

/** What a folder says beside its model; what there is of it is used. */
export interface ExportableFacts {
  readonly folder?: string;
  readonly tokenizer?: Tokenizer | undefined;
  readonly family?: string;
  readonly contextLength?: number;
  readonly endTokens?: readonly number[];
  /** Of a run of pairs: what a target begins and ends with. */
  readonly symbols?: Pick<PairSymbols, "begin" | "end">;
}

/** A decoder-only model. */
export interface ExportableDecoder extends TrainedModel, ExportableFacts {
  /** Of a pretrained model what `config.json` holds, of a run what `run.json` holds. */
  readonly configuration?: ConfigurationValues | ModelRun | DecoderOnlyRun;
}

/** An encoder-decoder. */
export interface ExportablePair extends TrainedEncoderDecoder, ExportableFacts {
  /** Of a pretrained model what `config.json` holds, of a run what `run.json` holds. */
  readonly configuration?: ConfigurationValues | EncoderDecoderRun;
  /** Of a pretrained model: what targets begin and end with. */
  readonly targetTokens?: TargetTokens;
}

/** An encoder. */
export interface ExportableEncoder extends ExportableFacts {
  readonly model: EncoderModel;
  readonly weights: Weights;
  /** The head for masked tokens; absent: it has none. */
  readonly head?: MaskedHead;
  /** What `config.json` holds. */
  readonly configuration?: ConfigurationValues;
}

/** A trained model. */
export type Exportable = ExportableDecoder | ExportablePair | ExportableEncoder;

/** Whether a model has an encoder alone. */
export function isEncoder(source: Exportable): source is ExportableEncoder {
  return "segments" in source.model.config;
}

/** Whether a model has an encoder and a decoder. */
export function isPair(source: Exportable): source is ExportablePair {
  return "decoder" in source.model;
}

/** Whether a model was read from a folder of transformers. */
export function isPretrained<Source extends Exportable>(
  source: Source,
): source is Source & CheckpointFacts {
  return source.family !== undefined && source.folder !== undefined;
}

/** The most tokens of a text that the model was made for; undefined where nothing says. */
export function lengthOf(source: ExportableDecoder): number | undefined {
  const { model, contextLength, configuration } = source;
  if (contextLength !== undefined)
    return Number.isFinite(contextLength) ? contextLength : undefined;
  const { trainLength, source: origin } = (configuration ?? {}) as Partial<ModelRun>;
  // A run that goes on from a model at a shorter length has its encoding.
  const made = origin === undefined ? 0 : origin.encodingLength;
  const longest = made < unnamed ? Math.max(made, trainLength ?? 0) : trainLength;
  return model.encoding.limit?.length ?? (longest === 0 ? undefined : longest);
}

/** The length that is recorded where a configuration names none. */
const unnamed = 2 ** 20;
