/**
 * A pretrained encoder-decoder from a folder of transformers: T5, mT5, BART, Marian, Pegasus, Blenderbot.
 *
 *     const { model, weights, targetTokens } = await loadEncoderDecoder("models/t5-small")
 *
 * @module
 */
import { readJson } from "../files/files.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import { encoderDecoderConfig } from "../model/encoder-decoder-config.ts";
import { encoderDecoder } from "../model/encoder-decoder.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import type { Weights } from "../model/trained-model.ts";
import type { ConfigurationValues } from "./configuration.ts";
import type { PairDescription } from "./family.ts";
import { pairFamilies } from "./index.ts";
import { generationName, isOfFamilies, loadFamily, longestTraining } from "./load-checkpoint.ts";
import type { CheckpointFacts } from "./load-checkpoint.ts";
import { targetTokens } from "./target-tokens.ts";
import type { TargetTokens } from "./target-tokens.ts";

/** A pretrained encoder-decoder. */
export interface LoadedEncoderDecoder extends CheckpointFacts {
  readonly model: EncoderDecoder;
  readonly weights: Weights;
  /** What targets begin and end with. */
  readonly targetTokens: TargetTokens;
}

/**
 * Loads a pretrained encoder-decoder: T5, mT5, BART, Marian, Pegasus, Blenderbot. Its weights become float32.
 *
 * @throws as `loadCheckpoint` does
 */
export async function loadEncoderDecoder(folder: string): Promise<LoadedEncoderDecoder> {
  const loaded = await loadFamily(folder, pairFamilies, {}, encoderDecoderOf);
  const { family: name, configuration, model } = loaded;
  const generation = (await namesIn(folder)).has(generationName)
    ? ((await readJson(fileIn(folder, generationName))) as ConfigurationValues)
    : undefined;
  const { tokenIds: defaults } = pairFamilies.find((each) => each.name === name)!;
  const { vocab } = model.config;
  return {
    ...loaded,
    targetTokens: targetTokens({ generation, configuration, defaults, vocab }),
  };
}

/**
 * The model that a configuration describes.
 *
 * @throws {RangeError} its settings exclude each other
 */
export function encoderDecoderOf({
  model,
  contextLength,
  ...described
}: PairDescription): EncoderDecoder {
  const { encoder, decoder, cross } = described;
  const length = Math.min(contextLength, longestTraining);
  const parts = { encoder, decoder, sourceLength: length, targetLength: length };
  return encoderDecoder(encoderDecoderConfig(model), { ...parts, ...(cross && { cross }) });
}

/** Whether a folder of transformers has an encoder-decoder. */
export async function isPairFolder(folder: string): Promise<boolean> {
  return await isOfFamilies(folder, pairFamilies);
}
