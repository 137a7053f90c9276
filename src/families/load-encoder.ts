/**
 * A pretrained encoder from a folder of transformers: BERT, RoBERTa, DeBERTa-v2, ModernBERT.
 *
 *     const encoder = await loadEncoder("models/bert")
 *     const { hidden, logits } = await encodeTexts(encoder, [encoder.tokenizer.encode("A text.")])
 *
 * @module
 */
import { encoderModel, encoderModelConfig } from "../model/encoder-model.ts";
import type { EncoderModel } from "../model/encoder-model.ts";
import { maskedModel } from "../model/masked-model.ts";
import type { MaskedHead } from "../model/masked-model.ts";
import type { Weights } from "../model/trained-model.ts";
import type { EncoderDescription } from "./family.ts";
import { encoderFamilies } from "./index.ts";
import { isOfFamilies, loadFamily, longestTraining } from "./load-checkpoint.ts";
import type { CheckpointFacts } from "./load-checkpoint.ts";

/** A pretrained encoder. */
export interface LoadedEncoder extends CheckpointFacts {
  readonly model: EncoderModel;
  readonly weights: Weights;
  /** The head for masked tokens; absent: the folder has none. */
  readonly head?: MaskedHead;
  /** The token that fills short texts of a batch; undefined where the configuration names none. */
  readonly padding: number | undefined;
  /** Whether positions count tokens that are no padding, as RoBERTa's do. */
  readonly countsText: boolean;
}

/**
 * Loads a pretrained encoder. Its weights become float32.
 *
 * @throws {InputError} the folder has no configuration or no weights, its family is no encoder, a key of its configuration is not
 *   understood, its tensors are of another model, or its tokenizer does not fit
 * @throws {RunError} a file is damaged, a shard is missing, or a weight is no finite number
 */
export async function loadEncoder(folder: string): Promise<LoadedEncoder> {
  let head: MaskedHead | undefined;
  const loaded = await loadFamily(folder, encoderFamilies, {}, (description) => {
    ({ head } = description);
    return encoderOf(description);
  });
  const padding = loaded.configuration["pad_token_id"];
  return {
    ...loaded,
    ...(head && { head }),
    padding: typeof padding === "number" ? padding : undefined,
    countsText: loaded.family === "RoBERTa",
  };
}

/** Whether a folder of transformers has an encoder. */
export async function isEncoderFolder(folder: string): Promise<boolean> {
  return await isOfFamilies(folder, encoderFamilies);
}

/** The model that a configuration describes. @throws {RangeError} its settings exclude each other */
function encoderOf({ model, encoding, head, contextLength }: EncoderDescription): EncoderModel {
  const config = encoderModelConfig(model);
  const trainLength = Math.min(contextLength, longestTraining);
  const { definition, options = {} } = encoding;
  return head === undefined
    ? encoderModel(config, definition, trainLength, [], options)
    : maskedModel(config, { definition, options, trainLength, head });
}
