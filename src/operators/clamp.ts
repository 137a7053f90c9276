/**
 * Limiting elements to an interval.
 *
 *     y  = min(max(x, lower), upper)
 *     dx = lower ≤ x ≤ upper ? dy : 0
 *
 * Where an element equals a bound, the gradient is all of dy, as in PyTorch; `maximum` and `minimum` give half.
 *
 * ONNX:  Less, Greater, Where
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import { greater, less } from "./comparison.ts";
import { scalar } from "./source.ts";
import { where } from "./where.ts";

/** The interval; without `min` or `max` it has no bound on that side. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** `x` with each element below `min` or above `max` replaced by that bound. */
export function clamp(x: Tensor, { min, max }: Bounds): Tensor {
  const above = min === undefined ? x : where(less(x, scalar(min)), scalar(min), x);
  return max === undefined ? above : where(greater(above, scalar(max)), scalar(max), above);
}
