/**
 * Fresh tokens behind what earlier ones left, in one tensor or in the parts that it is kept in.
 *
 * @module
 */
import { matmul } from "../operators/matmul.ts";
import { add } from "../operators/arithmetic.ts";
import { concat, slice } from "../operators/slicing.ts";
import { addDimensions, subtractDimensions } from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A tensor of earlier and fresh tokens, `[batch, heads, length, width]`. */
export interface WithPast {
  /** All tokens. */
  readonly whole: Tensor;
  /** What is kept for later tokens: all of them, or those behind the older part of a past that has two. */
  readonly keep: Tensor;
  /** The older part and `keep`, where the past has two parts. */
  readonly parts?: readonly Tensor[];
}

/** Fresh tokens behind a past; `of` gives the tensor in question of the past, or of its recent part. */
export function withPast<Part>(
  past: (Part & { readonly recent?: Part | undefined }) | undefined,
  fresh: Tensor,
  of: (part: Part) => Tensor,
): WithPast {
  if (past === undefined) return { whole: fresh, keep: fresh };
  const keep = concat([of(past.recent ?? past), fresh], 2);
  if (past.recent === undefined) return { whole: keep, keep };
  const parts = [of(past), keep];
  return { whole: concat(parts, 2), keep, parts };
}

/** The last `length` tokens of `[batch, heads, total, width]`. */
export function lastTokens(x: Tensor, length: Dimension): Tensor {
  return slice(x, 2, subtractDimensions(x.shape[2]!, length), length);
}

/** `weights [..., query, key] · value [..., key, width]`, where the value is in parts along its keys. */
export function productOfParts(weights: Tensor, parts: readonly Tensor[]): Tensor {
  if (parts.length === 1) return matmul(weights, parts[0]!);
  let from: Dimension = 0;
  const products = parts.map((part) => {
    const length = part.shape.at(-2)!;
    const product = matmul(slice(weights, -1, from, length), part);
    from = addDimensions(from, length);
    return product;
  });
  return products.reduce((sum, product) => add(sum, product));
}
