/**
 * Softmax and its logarithm over the last axis, shifted by the row maximum so that neither overflows.
 *
 *     softmax:     y_i = exp(x_i − max x) / Σ_j exp(x_j − max x),   dx_i = y_i (dy_i − Σ_j y_j dy_j)
 *     logSoftmax:  y_i = x_i − max x − ln Σ_j exp(x_j − max x),     dx_i = dy_i − e^{y_i} Σ_j dy_j
 *
 * Shapes:  x [..., n] → y [..., n]
 * ONNX:    Softmax, LogSoftmax, opset 13, axis −1
 *
 * @module
 */
import { printShape, ShapeError } from "../tensor/shape.ts";
import type { Signature, Tensor, Value } from "../tensor/tensor.ts";
import { multiply, subtract } from "./arithmetic.ts";
import { defineOperator } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";
import { exp } from "./pointwise.ts";
import { sum } from "./reduction.ts";

/** A copy of the elements of `x`, to each row of which `transform` was applied in place. */
export function byRow(x: Value, transform: (row: Float64Array) => void): Float64Array {
  const result = Float64Array.from(x.data);
  const size = x.shape.at(-1) ?? 1;
  for (let start = 0; start < result.length; start += size)
    transform(result.subarray(start, start + size));
  return result;
}

/** Subtracts `ln Σ exp` of a row from its elements, in place. */
export function subtractLogSumExp(row: Float64Array): void {
  const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = row.reduce((sumSoFar, value) => sumSoFar + Math.exp(value - largest), 0);
  const shift = largest + Math.log(total);
  for (let k = 0; k < row.length; k++) row[k]! -= shift;
}

/** The softmax of each row of the last axis. */
export function softmaxRows(x: Value): Float64Array {
  return byRow(x, subtractLogSumExp).map(Math.exp);
}

function signature(name: string, x: Tensor): Signature {
  requireType(name, x, "float32");
  if (x.shape.length === 0)
    throw new ShapeError(
      `${name}: expected at least one axis, got a scalar ${printShape(x.shape)}. ` +
        `Reshape it to [1], or leave the softmax out: of a single element it is always 1.`,
    );
  return { shape: x.shape, dtype: x.dtype };
}

const buildSoftmax = defineOperator<"x">({
  name: "softmax",
  inputs: ["x"],
  infer: ({ x }) => signature("softmax", x),
  evaluate: ({ x }) => softmaxRows(x),
  gradient({ y, dy }) {
    const weighted = multiply(y, dy);
    return { x: subtract(weighted, multiply(y, sum(weighted, { axes: [-1], keep: true }))) };
  },
  onnx: (emitter, { x }) => emitter.node("Softmax", [x], { axis: -1 })[0]!,
});

/** Softmax over the last axis: non-negative numbers that sum to 1. */
export function softmax(x: Tensor): Tensor {
  return buildSoftmax({ x }, {});
}

const buildLogSoftmax = defineOperator<"x">({
  name: "logSoftmax",
  inputs: ["x"],
  infer: ({ x }) => signature("logSoftmax", x),
  evaluate: ({ x }) => byRow(x, subtractLogSumExp),
  gradient: ({ y, dy }) => ({
    x: subtract(dy, multiply(exp(y), sum(dy, { axes: [-1], keep: true }))),
  }),
  onnx: (emitter, { x }) => emitter.node("LogSoftmax", [x], { axis: -1 })[0]!,
});

/** The natural logarithm of `softmax(x)`. */
export function logSoftmax(x: Tensor): Tensor {
  return buildLogSoftmax({ x }, {});
}
