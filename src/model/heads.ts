/**
 * Heads of attention: split from vectors and joined again, and grouped where several share keys.
 *
 * With fewer heads of keys than of queries, heads of queries h · group … h · group + group − 1 share the
 * keys and values of head h: `[batch, heads, query, width]` read as `[batch, keyValueHeads, group · query,
 * width]` is then one product for each head of keys, and no key is repeated.
 *
 * @module
 */
import { expand, reshape, transpose } from "../operators/movement.ts";
import { multiplyDimensions } from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** `[batch, length, heads · headDim]` → `[batch, heads, length, headDim]` */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [batch, length, width] = x.shape;
  const parted = reshape(x, [batch!, length!, heads, (width as number) / heads]);
  return transpose(parted, [0, 2, 1, 3]);
}

/** `[batch, heads, length, headDim]` → `[batch, length, heads · headDim]` */
export function joinHeads(x: Tensor): Tensor {
  const [batch, heads, length, headDim] = x.shape;
  const joined = transpose(x, [0, 2, 1, 3]);
  return reshape(joined, [batch!, length!, (heads as number) * (headDim as number)]);
}

/** `[…, keyValueHeads, length, width]` → `[…, heads, length, width]`, each head repeated; `x` where there are as many. */
export function repeatHeads(x: Tensor, heads: number): Tensor {
  const [length, width] = x.shape.slice(-2) as [Dimension, Dimension];
  const leading = x.shape.slice(0, -3);
  const shared = x.shape.at(-3) as number;
  if (shared === heads) return x;
  const apart = reshape(x, [...leading, shared, 1, length, width]);
  const repeated = expand(apart, [...leading, shared, heads / shared, length, width]);
  return reshape(repeated, [...leading, heads, length, width]);
}

/** `[batch, heads, rows, width]` → `[batch, shared, heads / shared · rows, width]`; `x` where each head has its own keys. */
export function groupHeads(x: Tensor, shared: number): Tensor {
  const [batch, heads, rows, width] = x.shape as [Dimension, number, Dimension, Dimension];
  if (heads === shared) return x;
  return reshape(x, [batch, shared, multiplyDimensions(heads / shared, rows), width]);
}

/** What `groupHeads` grouped, as `[batch, heads, rows, width]` again. */
export function ungroupHeads(x: Tensor, heads: number, rows: Dimension): Tensor {
  const [batch, shared, , width] = x.shape as [Dimension, number, Dimension, Dimension];
  return heads === shared ? x : reshape(x, [batch, heads, rows, width]);
}
