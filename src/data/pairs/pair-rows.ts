/**
 * Pairs as the rows of a batch, padded on the right.
 *
 * @module
 */
import type { PairsOfStep } from "./pair-batches.ts";
import type { EncodedPair } from "./pair-tokens.ts";

/** An array of a batch with its shape. */
export interface RowArray<Data> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** The rows of a batch; arrays are `[batch, length]`, of several micro-batches `[microBatches, batch, length]`. */
export interface PairRows {
  readonly source: RowArray<Int32Array>;
  /** 1 where the source is no padding. */
  readonly sourceMask: RowArray<Uint8Array>;
  /** What the decoder reads: the begin symbol and the target without its end. */
  readonly target: RowArray<Int32Array>;
  /** What it is to predict: the target. */
  readonly next: RowArray<Int32Array>;
  /** 1 where the target is no padding. */
  readonly weights: RowArray<Float32Array>;
}

/** The rows of chosen pairs. Padding has the id 0, and rows without a pair are padding. */
export function pairRows(
  pairs: readonly EncodedPair[],
  { batch, lengths, pairs: chosen }: PairsOfStep,
  begin: number,
  microBatches = 1,
): PairRows {
  const rows = batch * microBatches;
  const sources = new Int32Array(rows * lengths.source);
  const mask = new Uint8Array(rows * lengths.source);
  const targets = new Int32Array(rows * lengths.target);
  const next = new Int32Array(rows * lengths.target);
  const weights = new Float32Array(rows * lengths.target);
  chosen.forEach((place, row) => {
    const { source, target } = pairs[place]!;
    const [from, to] = [row * lengths.source, row * lengths.target];
    sources.set(source, from);
    mask.fill(1, from, from + source.length);
    targets[to] = begin;
    targets.set(target.subarray(0, -1), to + 1);
    next.set(target, to);
    weights.fill(1, to, to + target.length);
  });
  const leading = microBatches > 1 ? [microBatches, batch] : [batch];
  const array = <Data>(length: number, data: Data): RowArray<Data> => ({
    shape: [...leading, length],
    data,
  });
  return {
    source: array(lengths.source, sources),
    sourceMask: array(lengths.source, mask),
    target: array(lengths.target, targets),
    next: array(lengths.target, next),
    weights: array(lengths.target, weights),
  };
}
