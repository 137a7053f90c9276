/**
 * Dropout whose mask is computed in the graph from a seed, so that a run can be repeated and resumed.
 *
 *     y = x / (1 − rate) where hash(seed, site, element) ≥ rate, else 0
 *
 * The hash is whole-number arithmetic modulo 2³², which every device does alike. Squaring, in
 * `s ↦ s(2s + 1)` (a permutation, known from the cipher RC6), makes near seeds part ways; adding the high
 * half to the low brings the stir of the high bits down again. Sums and fixed factors alone would not do:
 * they keep the difference of two states, and masks of neighbours then resemble each other.
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

const spread = 0x9e3779b9 | 0; // ⌊2³²/φ⌋: multiples of it lie far apart

/** Whole numbers spread evenly over int32, one an element of `[count]`, from a scalar int32 seed. */
export function hashedIntegers(seed: Tensor, site: number, count: number): Tensor {
  const start = mix(add(multiply(seed, spread), Math.imul(site + 1, 0x632be5ab)));
  // A step of its own keeps one stream from being another one moved along.
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

/** A maker of dropout sites for one forward pass: every call draws its own mask. */
export function dropoutSites(seed: Tensor): (x: Tensor, rate: number) => Tensor {
  let site = 0;
  return (x, rate) => {
    if (rate === 0) return x;
    const count = sizeOf(x.shape);
    if (typeof count !== "number")
      throw new RangeError("dropout: training graphs need sizes as numbers, got a symbol.");
    const threshold = scalar(Math.min(Math.round((rate - 0.5) * 2 ** 32), 2 ** 31 - 1), "int32");
    const kept = greaterOrEqual(hashedIntegers(seed, site++, count), threshold);
    return where(reshape(kept, x.shape), multiply(x, 1 / (1 - rate)), scalar(0));
  };
}
