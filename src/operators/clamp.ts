/**
 * Numbers held within bounds.
 *
 *     y  = min ≤ x ≤ max ? x : the nearer bound
 *     dx = min ≤ x ≤ max ? dy : 0
 *
 * Unlike `maximum` and `minimum`, a number that equals a bound passes its whole gradient, as in PyTorch.
 *
 * ONNX:  Less, Greater, Where
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import { greater, less } from "./comparison.ts";
import { scalar } from "./source.ts";
import { where } from "./where.ts";

/** Where numbers are held; an absent bound does not bind. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** `x`, or the bound it lies beyond. */
export function clamp(x: Tensor, { min, max }: Bounds): Tensor {
  const above = min === undefined ? x : where(less(x, scalar(min)), scalar(min), x);
  return max === undefined ? above : where(greater(above, scalar(max)), scalar(max), above);
}
