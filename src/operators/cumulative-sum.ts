/**
 * Running sum along an axis.
 *
 *     y_i = Σ_{j ≤ i} x_j      (reverse: j ≥ i; exclusive: without x_i itself)
 *     dx  = the running sum of dy in the other direction
 *
 * ONNX:  CumSum, opset 14
 *
 * @module
 */
import { elementCount, normaliseAxis } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";

/** Direction of the sum, and whether an element counts itself. */
export interface CumulativeSumOptions {
  readonly exclusive?: boolean;
  readonly reverse?: boolean;
}

const build = defineOperator<"x", Required<CumulativeSumOptions> & { axis: number }>({
  name: "cumulativeSum",
  inputs: ["x"],
  infer({ x }) {
    requireType("cumulativeSum", x, "float32");
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate({ x }, { axis, exclusive, reverse }) {
    const size = x.shape[axis]!;
    const inner = elementCount(x.shape.slice(axis + 1));
    const result = new Float64Array(x.data.length);
    for (let outer = 0; outer < x.data.length; outer += size * inner)
      for (let k = 0; k < inner; k++) {
        let total = 0;
        for (let step = 0; step < size; step++) {
          const at = outer + (reverse ? size - 1 - step : step) * inner + k;
          result[at] = exclusive ? total : total + x.data[at]!;
          total += x.data[at]!;
        }
      }
    return result;
  },
  gradient: ({ dy, options: { axis, exclusive, reverse } }) => ({
    x: cumulativeSum(dy, axis, { exclusive, reverse: !reverse }),
  }),
  onnx(emitter, { x }, { axis, exclusive, reverse }) {
    const attributes = { exclusive: +exclusive, reverse: +reverse };
    return emitter.node("CumSum", [x, emitter.scalar(axis, "int32")], attributes)[0]!;
  },
});

/** The running sum along `axis`. */
export function cumulativeSum(x: Tensor, axis: number, options: CumulativeSumOptions = {}): Tensor {
  const { exclusive = false, reverse = false } = options;
  const along = normaliseAxis("cumulativeSum", axis, x.shape.length);
  return build({ x }, { axis: along, exclusive, reverse });
}
