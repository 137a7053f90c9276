/**
 * What is exported: a trained model with what its folder says of texts and tokens.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import type { CheckpointFacts } from "../families/load-checkpoint.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { ModelRun } from "../runs/run-document.ts";

/** A trained model; what else is there of a run or a pretrained model is used. */
export interface Exportable extends TrainedModel {
  readonly folder?: string;
  readonly tokenizer?: Tokenizer | undefined;
  /** Of a pretrained model what `config.json` holds, of a run what `run.json` holds. */
  readonly configuration?: ConfigurationValues | ModelRun;
  readonly family?: string;
  readonly contextLength?: number;
  readonly endTokens?: readonly number[];
}

/** Whether a model was read from a folder of transformers. */
export function isPretrained(source: Exportable): source is TrainedModel & CheckpointFacts {
  return source.family !== undefined && source.folder !== undefined;
}

/** The most tokens of a text that the model was made for; undefined where nothing says. */
export function lengthOf(source: Exportable): number | undefined {
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
