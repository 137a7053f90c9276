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

/**
 * The rows of a batch: what the model reads, `[batch, length]`, and what it is to predict, `[batch, target]`; of several micro-batches
 * with one more axis before these.
 */
export interface SequenceRows extends Pick<PairRows, "next" | "weights"> {
  /** What the model reads. */
  readonly tokens: RowArray<Int32Array>;
  /** Where it reads the token before each of `next`: of all tokens of the micro-batch, row after row. */
  readonly places: RowArray<Int32Array>;
}

/**
 * The rows of chosen pairs, padded on the right to `lengths.source` tokens that are read and `lengths.target` that are predicted. Padding
 * has the id and the place 0, and rows without a pair are padding. `weights` is 1 where `next` is a token of the target or its end.
 */
export function sequenceRows(
  pairs: readonly EncodedPair[],
  { batch, lengths, pairs: chosen }: PairsOfStep,
  begin: number,
  microBatches = 1,
): SequenceRows {
  const { source: length, target: most } = lengths;
  const rows = batch * microBatches;
  const tokens = new Int32Array(rows * length);
  const [next, places] = [new Int32Array(rows * most), new Int32Array(rows * most)];
  const weights = new Float32Array(rows * most);
  chosen.forEach((place, row) => {
    const { source, target } = pairs[place]!;
    const prompt = sequencePrompt(source, begin);
    tokens.set(prompt, row * length);
    tokens.set(target.subarray(0, -1), row * length + prompt.length);
    const first = (row % batch) * length + prompt.length - 1;
    const from = row * most;
    next.set(target, from);
    places.set(
      target.map((_, at) => first + at),
      from,
    );
    weights.fill(1, from, from + target.length);
  });
  const outer = microBatches > 1 ? [microBatches, batch] : [batch];
  const predicted = [...outer, most];
  return {
    tokens: { shape: [...outer, length], data: tokens },
    next: { shape: predicted, data: next },
    places: { shape: predicted, data: places },
    weights: { shape: predicted, data: weights },
  };
}
