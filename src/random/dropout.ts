/**
 * Dropout whose mask is computed in the graph from a seed, so that a run can be repeated and resumed.
 *
 *     y = x / (1 − rate) where hash(seed, site, element) ≥ rate, else 0
 *
 * The hash is integer arithmetic modulo 2³², which gives the same numbers on every device. `s ↦ s(2s + 1)` (a
 * permutation, known from the cipher RC6) decorrelates neighbouring seeds; adding the high half mixes high bits
 * into low ones. Adding and multiplying by constants would not be enough: the difference of two states would stay
 * the same or a multiple of it, so masks of neighbouring seeds would be correlated.
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
import { random } from "./random.ts";

const spread = 0x9e3779b9 | 0; // ⌊2³²/φ⌋: its multiples are spread evenly over int32

/** Integers uniform over int32, one for each element of `[count]`, from a scalar int32 seed. */
export function hashedIntegers(seed: Tensor, site: number, count: number): Tensor {
  const { start, step } = siteOf(seed, site);
  return mix(add(multiply(range(count), step), start));
}

function siteOf(seed: Tensor, site: number): DropoutSite {
  const start = mix(add(multiply(seed, spread), Math.imul(site + 1, 0x632be5ab)));
  // Each stream has its own increment, so that no stream is a shifted copy of another.
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

/** Dropout of one forward pass: sets a share of the elements to 0 and scales the rest. Each call has its own mask. */
export interface Dropout {
  (x: Tensor, rate: number): Tensor;
  /**
   * A site for `dropWeights`, whose mask can be computed for blocks of attention weights. Without it, attention
   * computes all of its weights at once.
   */
  readonly site?: () => DropoutSite;
}

/**
 * The seed of dropout as the int32 that masks are made of: a seed below 2³² itself, as today's runs have it, and a
 * larger one hashed, so that 7 and 7 + 2³² have different masks.
 *
 * @throws {InputError} a seed that is no whole number from 0 to 2⁵³ − 1
 */
export function dropoutSeed(seed: number): number {
  const hashed = random(seed, "dropout"); // checks the seed
  return (seed < 2 ** 32 ? seed : hashed.word()) | 0;
}

/** The start and the increment of a stream of hashed integers, int32 scalars. */
export interface DropoutSite {
  readonly start: Tensor;
  readonly step: Tensor;
}

/**
 * Dropout sites of one forward pass, from a scalar int32 seed; the first call is site 0, the next site 1, and so on.
 *
 * @throws {RangeError} in the returned function, for a rate outside 0 ≤ rate < 1 or a symbolic size of `x`
 */
export function dropoutSites(seed: Tensor): Dropout {
  let count = 0;
  const drop = (x: Tensor, rate: number): Tensor => {
    if (!(rate >= 0 && rate < 1))
      throw new RangeError(`dropout: the rate must be from 0 to below 1, got ${rate}.`);
    if (rate === 0) return x;
    const size = sizeOf(x.shape);
    if (typeof size !== "number")
      throw new RangeError(
        "dropout: the shape of its input has a symbol. Build training graphs with numeric shapes.",
      );
    const kept = greaterOrEqual(hashedIntegers(seed, count++, size), threshold(rate));
    return where(reshape(kept, x.shape), multiply(x, 1 / (1 - rate)), scalar(0));
  };
  return Object.assign(drop, { site: () => siteOf(seed, count++) });
}

/** The position of a block of attention weights among those of the whole sequence. */
export interface WeightPlace {
  /** The query of the block's first row: a number, or an int32 scalar that is known only at run time. */
  readonly firstQuery: number | Tensor;
  /** The number of queries of the whole sequence. */
  readonly queries: number;
  /** The number of keys of the whole sequence. */
  readonly keys: number;
}

/**
 * Attention weights `[batch, heads, rows, columns]` with the share `rate` of them set to 0. The mask of a weight
 * depends only on the site and on the position `[batch, head, query, key]` of the weight. So masks computed for blocks
 * of rows are bit by bit the mask of the whole, which is that of any tensor of its size.
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
  // Places of more than 2³² weights wrap; each row then has a start of its own.
  const wraps = batch * heads * queries * keys > 2 ** 32;
  const begin = wraps
    ? mix(add(multiply(row, spread), start))
    : add(multiply(multiply(row, keys), step), start);
  const place = add(reshape(begin, [batch, heads, rows, 1]), multiply(range(columns), step));
  const kept = greaterOrEqual(mix(place), threshold(rate));
  return where(kept, multiply(weights, 1 / (1 - rate)), scalar(0));
}

/** The smallest hashed integer whose element is kept; the share `rate` of all int32 is smaller. */
function threshold(rate: number): Tensor {
  return scalar(Math.min(Math.round((rate - 0.5) * 2 ** 32), 2 ** 31 - 1), "int32");
}
