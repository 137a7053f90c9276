/**
 * Pairs of components rotated by angles: what the rotary encodings share.
 *
 *     (x_a, x_b) ← (x_a cos φ − x_b sin φ, x_a sin φ + x_b cos φ)
 *
 * Pairs are (m, m + width/2) in layout `half`, (2m, 2m + 1) in layout `interleaved`. Weights trained with
 * one do not fit the other.
 *
 * @module
 */
import { add, multiply, negate } from "../../operators/arithmetic.ts";
import { matmul } from "../../operators/matmul.ts";
import { reshape, unsqueeze } from "../../operators/movement.ts";
import { concat, slice, split } from "../../operators/slicing.ts";
import { constant } from "../../operators/source.ts";
import { option } from "../../options/option.ts";
import type { Option } from "../../options/option.ts";
import { whole, word } from "../../options/value.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Angles } from "./angles.ts";

/** Which components form a pair. */
export type PairLayout = "half" | "interleaved";

/**
 * The leading components of `[batch, heads, length, headDim]`, two for each angle, rotated; the others
 * stay as they are. Angles are those of `headAngles`, or anything else that broadcasts.
 */
export function turnPairs(vectors: Tensor, angles: Angles, layout: PairLayout): Tensor {
  const turn = layout === "half" ? turnHalves : turnNeighbours;
  const headDim = vectors.shape.at(-1) as number;
  const rotated = 2 * (angles.cosine.shape.at(-1) as number);
  if (rotated === headDim) return turn(vectors, angles);
  const head = slice(vectors, -1, 0, rotated);
  return concat([turn(head, angles), slice(vectors, -1, rotated, headDim - rotated)], -1);
}

/** How pairs are laid out, with the default of most encodings. */
export const layoutOption: Option<PairLayout, PairLayout | undefined> = option(
  "Which components form a pair.",
  word("half", "interleaved"),
  { default: "half" },
);

/** How many components rotate. */
export const rotatedOption: Option<number | undefined, number | undefined> = option(
  "How many leading components of a head rotate.",
  whole({ least: 2, multipleOf: 2 }),
  { otherwise: "all" },
);

/** @throws {RangeError} unless `rotated` components of a head can form pairs */
export function checkRotated(id: string, rotated: number, headDim: number): void {
  if (!Number.isInteger(rotated) || rotated < 2 || rotated % 2 !== 0 || rotated > headDim)
    throw new RangeError(
      `${id}: the rotated width must be even, from 2 to headDim ${headDim}, got ${rotated}. ` +
        `Choose an even headDim (model width / heads), or rotate a part of it with "rotated".`,
    );
}

// Both write y = x · cos + partner(x) · sin over the whole width: one pass fewer than pair by pair.

function turnHalves(x: Tensor, { cosine, sine }: Angles): Tensor {
  const [a, b] = split(x, -1, 2);
  const signed = concat([negate(sine), sine], -1);
  const turned = multiply(concat([b!, a!], -1), signed);
  return add(multiply(x, concat([cosine, cosine], -1)), turned);
}

function turnNeighbours(x: Tensor, { cosine, sine }: Angles): Tensor {
  // Neighbours change places by a product with a small matrix: faster than columns two apart.
  const width = x.shape.at(-1) as number;
  const partner = Array.from({ length: width * width }, (_, at) => {
    const [from, to] = [Math.floor(at / width), at % width];
    return (from ^ 1) === to ? (to % 2 === 0 ? -1 : 1) : 0;
  });
  const turned = multiply(matmul(x, constant([width, width], partner)), twice(sine));
  return add(multiply(x, twice(cosine)), turned);
}

/** `[..., pairs]` → `[..., 2 · pairs]`, each number beside itself. */
function twice(x: Tensor): Tensor {
  const pairs = concat([unsqueeze(x, -1), unsqueeze(x, -1)], -1);
  return reshape(pairs, [...x.shape.slice(0, -1), 2 * (x.shape.at(-1) as number)]);
}
