/**
 * What is added to scores: the encoding's bias and the masks, in one tensor.
 *
 * @module
 */
import type { EncodingContext, PositionEncoding } from "../encodings/position-encoding.ts";
import { add, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { unsqueeze } from "../operators/movement.ts";
import { scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Added to a score that must not count: its weight underflows to exactly 0 beside any other. */
const forbidden = -1e30;

/** Positions as distances, float32 `[query, key]`. */
export function distanceOf(queries: Tensor, keys: Tensor): Tensor {
  const rows = cast(unsqueeze(queries, 1), "float32");
  return subtract(rows, cast(unsqueeze(keys, 0), "float32"));
}

/**
 * One bias for every layer: the encoding's, the causal mask, and `keyMask` (true where a key
 * counts, bool `[batch, key]`).
 */
export function scoreBias(
  encoding: PositionEncoding,
  context: EncodingContext,
  keyMask?: Tensor,
): Tensor | undefined {
  const parts: Tensor[] = [];
  if (encoding.bias) parts.push(encoding.bias(context));
  if (context.causal) {
    // The future has negative distances; a product is faster than a choice by element.
    parts.push(multiply(minimum(context.distance, 0), -forbidden));
  }
  if (keyMask) {
    const padding = where(keyMask, scalar(0), scalar(forbidden));
    parts.push(unsqueeze(unsqueeze(padding, 1), 1));
  }
  return parts.length === 0 ? undefined : parts.reduce((a, b) => add(a, b));
}
