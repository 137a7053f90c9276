/**
 * Pairs by the length of their source, beside the sources that were trained on.
 *
 * @module
 */
import type { TextPair } from "./pair.ts";

/** Pairs by how their sources compare with those of the training. */
export interface PairsByLength {
  /** The length in the middle of the training: half of its sources are at most as long. */
  readonly median: number;
  /** The length of the longest source of the training. */
  readonly longest: number;
  /** Sources of at most the median length. */
  readonly short: readonly TextPair[];
  /** Longer ones, of at most the longest length. */
  readonly seen: readonly TextPair[];
  /** Sources that are longer than any of the training. */
  readonly longer: readonly TextPair[];
}

/**
 * Divides pairs by the length of their source.
 *
 * @param train at least one pair
 * @param lengthOf the length of a source, in tokens for instance. Default: UTF-16 units
 * @throws {RangeError} there are no training pairs
 */
export function bySourceLength(
  train: readonly TextPair[],
  pairs: readonly TextPair[],
  lengthOf: (source: string) => number = ({ length }) => length,
): PairsByLength {
  if (train.length === 0)
    throw new RangeError("bySourceLength: lengths are compared with training pairs, got none.");
  const trained = Float64Array.from(train, ({ source }) => lengthOf(source)).sort();
  const median = trained[Math.ceil(trained.length / 2) - 1]!;
  const longest = trained[trained.length - 1]!;
  const groups = Object.groupBy(pairs, ({ source }) => {
    const length = lengthOf(source);
    return length <= median ? "short" : length <= longest ? "seen" : "longer";
  });
  const { short = [], seen = [], longer = [] } = groups;
  return { median, longest, short, seen, longer };
}
