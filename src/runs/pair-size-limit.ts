/**
 * Refuses encoder-decoders and batches of pairs that do not fit in this machine's memory, before training allocates them.
 *
 * @module
 */
import type { PairsOfStep } from "../data/pairs/pair-batches.ts";
import { InputError } from "../errors.ts";
import { countInWords as words, gigabytes, howToRaise, memoryLimit } from "../memory.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { leastScores } from "../model/size.ts";
import { bytesPerNumber, largestInWords } from "../parameters/size.ts";
import { copiesOfLogits, copiesOfParameters } from "./size-limit.ts";

/** A shape of batches: pairs, and the tokens that each side is padded to. */
export type PairShape = Pick<PairsOfStep, "batch" | "lengths">;

/** How models are trained. */
export interface TogetherOptions {
  /** Trained at once. Default 1. */
  readonly models?: number;
  /** What to lower, as a whole sentence. Default: the settings of a run. */
  readonly ways?: string;
}

const waysOfRun =
  "Lower batch (--batch) or batchTokens (--batch-tokens), or leave long pairs out by sourceLength (--source-length) and " +
  "targetLength (--target-length).";

/**
 * Compares what training needs at least with the memory of the machine: weights, optimiser state, and of the largest batch the
 * residual streams, the logits and the scores of one layer of each half.
 *
 * @throws {InputError} naming what it needs, the limit and what to lower
 */
export function refuseTooLargePairs(
  model: EncoderDecoder,
  shapes: readonly PairShape[],
  { models = 1, ways = waysOfRun }: TogetherOptions = {},
): void {
  const memory = memoryLimit() / models;
  const here =
    models > 1
      ? `each of ${words(models)} models at once has ${gigabytes(memory)} of this machine's memory`
      : `this machine has ${gigabytes(memory)}`;
  const { parameters, encoder, decoder } = model;
  const weights = parameters.count * copiesOfParameters * bytesPerNumber;
  if (weights > memory)
    throw new InputError(
      `the model has ${words(parameters.count)} parameters; training it takes more than ${gigabytes(weights)}, ` +
        `${here}. ${largestInWords(parameters.specs, `${encoder.id}, ${decoder.id}`)} ${howToRaise}`,
    );
  for (const shape of shapes) {
    const { step, scores } = bytesOf(model, shape);
    if (weights + step <= memory) continue;
    const { source, target } = shape.lengths;
    throw new InputError(
      `a batch of ${words(shape.batch)} pairs of ${words(source)} source and ${words(target)} target tokens takes more than ` +
        `${gigabytes(step)}${scores > step / 2 ? ", most of it for scores between all tokens of a text" : ""}; ` +
        `${here}. ${ways} ${howToRaise}`,
    );
  }
}

function bytesOf(
  { config, encoder, decoder }: EncoderDecoder,
  { batch, lengths: { source, target } }: PairShape,
): { readonly step: number; readonly scores: number } {
  const { vocab, model: width, heads, encoderLayers, decoderLayers } = config;
  const numbers =
    source * encoderLayers * width + target * (decoderLayers * width + copiesOfLogits * vocab);
  // One layer is computed at a time.
  const scores = Math.max(
    leastScores({ encoding: encoder, heads, length: source, batch }),
    leastScores({ encoding: decoder, heads, length: target, batch }),
  );
  return { step: batch * numbers * bytesPerNumber + scores, scores };
}
