/**
 * Dropout whose mask is computed in the graph from a seed, so that a run can be repeated and resumed.
 *
 *     y = x / (1 − rate) where hash(seed, site, element) ≥ rate, else 0
 *
 * The hash is integer arithmetic modulo 2³², which gives the same numbers on every device. `s ↦ s(2s + 1)` (a
 * permutation, known from the cipher RC6) decorrelates neighbouring seeds; adding the high half mixes high bits
 * into low ones. Sums and constant factors alone would not be enough: they keep the difference of two states, so
 * that masks of neighbouring seeds would be correlated.
 *
 * @module
 */
import { add, divide, multiply } from "../operators/arithmetic.ts";
import { greaterOrEqual } from "../operators/comparison.ts";
import { reshape, unsqueeze } from "../operators/movement.ts";
import { scalar, range } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import { sizeOf } from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";

const spread = 0x9e3779b9 | 0; // ⌊2³²/φ⌋: its multiples are far apart

/** Integers uniform over int32, one for each element of `[count]`, from a scalar int32 seed. */
export function hashedIntegers(seed: Tensor, site: number, count: number): Tensor {
  const { start, step } = siteOf(seed, site);
  return mix(add(multiply(range(count), step), start));
}

function siteOf(seed: Tensor, site: number): DropoutSite {
  const start = mix(add(multiply(seed, spread), Math.imul(site + 1, 0x632be5ab)));
  // An increment of its own for each stream, so that no stream is a shifted copy of another.
  const step = add(multiply(mix(add(start, spread)), 2), 1);
  return { start, step };
}

function mix(state: Tensor): Tensor {
  return squareMix(foldHighBits(squareMix(foldHighBits(squareMix(state)))));
}

function squareMix(state: Tensor): Tensor {
  return multiply(state, add(multiply(state, 2), 1));
}

function foldHighBits(state: Tensor): Tensor {
  return add(state, divide(state, 1 << 16));
}

/** Dropout of one pass: a share of elements is set to 0 and the rest scaled up; each call has a mask of its own. */
export interface Dropout {
  (x: Tensor, rate: number): Tensor;
  /**
   * A site whose mask may be asked for in blocks of attention weights. Absent where a mask belongs to a whole tensor:
   * attention then holds all of its weights at once.
   */
  readonly site?: () => DropoutSite;
}

/** Where a stream of hashed integers begins and how it moves on, int32 scalars. */
export interface DropoutSite {
  readonly start: Tensor;
  readonly step: Tensor;
}

/**
 * Dropout sites of one forward pass, from a scalar int32 seed; the first call is site 0, the next site 1, and so on.
 *
 * @throws {RangeError} (the returned function) a rate outside 0 ≤ rate < 1, or a size of `x` that is a symbol
 */
export function dropoutSites(seed: Tensor): Dropout {
  let count = 0;
  const drop = (x: Tensor, rate: number): Tensor => {
    if (!(rate >= 0 && rate < 1))
      throw new RangeError(`dropout: the rate must be from 0 to below 1, got ${rate}.`);
    if (rate === 0) return x;
    const size = sizeOf(x.shape);
    if (typeof size !== "number")
      throw new RangeError("dropout: training graphs need sizes as numbers, got a symbol.");
    const kept = greaterOrEqual(hashedIntegers(seed, count++, size), threshold(rate));
    return where(reshape(kept, x.shape), multiply(x, 1 / (1 - rate)), scalar(0));
  };
  return Object.assign(drop, { site: () => siteOf(seed, count++) });
}

/** Where some attention weights are among all of them. */
export interface WeightPlace {
  /** Of the first row: a number, or an int32 scalar that only the running graph knows. */
  readonly firstQuery: number | Tensor;
  /** Queries and keys of the whole sequence. */
  readonly queries: number;
  readonly keys: number;
}

/**
 * Attention weights `[batch, heads, rows, columns]` with the share `rate` of them set to 0. The mask of a weight
 * depends on the site and the weight's place `[batch, head, query, key]` alone: computed in blocks of rows it is
 * bit by bit the mask of the whole, and the whole's is that of any other tensor of its size.
 */
export function dropWeights(
  weights: Tensor,
  rate: number,
  { start, step }: DropoutSite,
  { firstQuery, queries, keys }: WeightPlace,
): Tensor {
  const [batch, heads, rows, columns] = weights.shape as [number, number, number, Dimension];
  const planes = unsqueeze(multiply(range(batch * heads), queries), 1);
  const row = add(add(planes, range(rows)), firstQuery);
  const begin = add(multiply(multiply(row, keys), step), start);
  const place = add(reshape(begin, [batch, heads, rows, 1]), multiply(range(columns), step));
  const kept = greaterOrEqual(mix(place), threshold(rate));
  return where(kept, multiply(weights, 1 / (1 - rate)), scalar(0));
}

/** Hashed integers from here on are kept; the share `rate` of int32 lies below. */
function threshold(rate: number): Tensor {
  return scalar(Math.min(Math.round((rate - 0.5) * 2 ** 32), 2 ** 31 - 1), "int32");
}
