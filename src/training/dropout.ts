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
import { reshape } from "../operators/movement.ts";
import { scalar, range } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import { sizeOf } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";

const spread = 0x9e3779b9 | 0; // ⌊2³²/φ⌋: its multiples are far apart

/** Integers uniform over int32, one for each element of `[count]`, from a scalar int32 seed. */
export function hashedIntegers(seed: Tensor, site: number, count: number): Tensor {
  const start = mix(add(multiply(seed, spread), Math.imul(site + 1, 0x632be5ab)));
  // An increment of its own for each stream, so that no stream is a shifted copy of another.
  const step = add(multiply(mix(add(start, spread)), 2), 1);
  return mix(add(multiply(range(count), step), start));
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

/** Dropout for one forward pass: each call has a mask of its own. */
export type Dropout = (x: Tensor, rate: number) => Tensor;

/**
 * Dropout from a scalar int32 seed; the first call is site 0, the next site 1, and so on.
 *
 * @throws {RangeError} (the returned function) a rate outside 0 ≤ rate < 1, or a size of `x` that is a symbol
 */
export function dropoutSites(seed: Tensor): Dropout {
  let site = 0;
  return (x, rate) => {
    if (!(rate >= 0 && rate < 1))
      throw new RangeError(`dropout: the rate must be from 0 to below 1, got ${rate}.`);
    if (rate === 0) return x;
    const count = sizeOf(x.shape);
    if (typeof count !== "number")
      throw new RangeError("dropout: training graphs need sizes as numbers, got a symbol.");
    const threshold = scalar(Math.min(Math.round((rate - 0.5) * 2 ** 32), 2 ** 31 - 1), "int32");
    const kept = greaterOrEqual(hashedIntegers(seed, site++, count), threshold);
    return where(reshape(kept, x.shape), multiply(x, 1 / (1 - rate)), scalar(0));
  };
}
