/**
 * Dropout whose mask is computed in the graph from a seed, so that a run can be repeated and resumed.
 *
 *     y = x / (1 − rate) where hash(seed, site, element) ≥ rate, else 0
 *
 * The hash is whole-number arithmetic modulo 2³², which every device does alike: three rounds of
 * multiplying (which stirs upwards) and adding the high half (which brings the stir down).
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

// Odd constants with well spread bits: ⌊2³²/φ⌋, and two from the literature on integer hashes.
const spread = 0x9e3779b9 | 0;
const rounds = [0x7feb352d, 0x846ca68b | 0, 0x2c1b3c6d];

/** Whole numbers spread evenly over int32, one an element of `[count]`, from a scalar int32 seed. */
export function hashedIntegers(seed: Tensor, site: number, count: number): Tensor {
  const start = multiply(add(seed, Math.imul(site + 1, 0x632be5ab)), spread);
  let state = add(multiply(range(count), spread), start);
  for (const factor of rounds) {
    state = multiply(add(state, divide(state, 1 << 16)), factor);
    state = add(state, divide(state, 1 << 15));
  }
  return state;
}

/** A maker of dropout sites for one forward pass: every call draws its own mask. */
export function dropoutSites(seed: Tensor): (x: Tensor, rate: number) => Tensor {
  let site = 0;
  return (x, rate) => {
    if (rate === 0) return x;
    const count = sizeOf(x.shape);
    if (typeof count !== "number")
      throw new RangeError("dropout: training graphs need sizes as numbers, got a symbol.");
    const threshold = scalar(Math.round((rate - 0.5) * 2 ** 32), "int32");
    const kept = greaterOrEqual(hashedIntegers(seed, site++, count), threshold);
    return where(reshape(kept, x.shape), multiply(x, 1 / (1 - rate)), scalar(0));
  };
}
