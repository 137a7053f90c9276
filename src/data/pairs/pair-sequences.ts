/**
 * Pairs as one sequence each, for a decoder-only model: the source, a symbol between, the target and its end.
 *
 *     sequence   source tokens, begin, target tokens, end
 *     read       source tokens, begin, target tokens
 *     loss       on the tokens behind begin: target tokens, end
 *
 * The begin symbol divides source and target, so the end symbol of a source, which an encoder reads, is left out.
 *
 * @module
 */
import type { PairRows, RowArray } from "./pair-rows.ts";
import type { PairsOfStep } from "./pair-batches.ts";
import type { EncodedPair } from "./pair-tokens.ts";

/** Tokens of a sequence that the model reads: all but its end. */
export function sequenceLength({ source, target }: EncodedPair): number {
  return source.length - 1 + target.length;
}

/** What a model reads before the first token of a target: a source that ends with the end symbol, which begin replaces. */
export function sequencePrompt(source: ArrayLike<number>, begin: number): number[] {
  return [...Array.from(source).slice(0, -1), begin];
}

/** The rows of a batch; arrays are `[batch, length]`, of several micro-batches `[microBatches, batch, length]`. */
export interface SequenceRows extends Pick<PairRows, "next" | "weights"> {
  /** What the model reads. */
  readonly tokens: RowArray<Int32Array>;
}

/**
 * The rows of chosen pairs, padded on the right to `lengths.source`. Padding has the id 0, and rows without a pair are
 * padding. `weights` is 1 where `next` is a token of the target or its end.
 */
export function sequenceRows(
  pairs: readonly EncodedPair[],
  { batch, lengths, pairs: chosen }: PairsOfStep,
  begin: number,
  microBatches = 1,
): SequenceRows {
  const length = lengths.source;
  const count = batch * microBatches * length;
  const [tokens, next] = [new Int32Array(count), new Int32Array(count)];
  const weights = new Float32Array(count);
  chosen.forEach((place, row) => {
    const { source, target } = pairs[place]!;
    const prompt = sequencePrompt(source, begin);
    const from = row * length;
    const first = from + prompt.length - 1;
    tokens.set(prompt, from);
    tokens.set(target.subarray(0, -1), first + 1);
    next.set(target, first);
    weights.fill(1, first, first + target.length);
  });
  const shape = [...(microBatches > 1 ? [microBatches, batch] : [batch]), length];
  return {
    tokens: { shape, data: tokens },
    next: { shape, data: next },
    weights: { shape, data: weights },
  };
}
