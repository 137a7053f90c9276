/**
 * The same numbers, to be computed from once more: `barrier(x)` is x.
 *
 * Two equal computations of a graph are written as one. A computation that starts from `barrier(x)` is
 * written beside the one that starts from x, so that the first one's result may be let go in between.
 *
 * ONNX:    nothing is written; readers of either take the same tensor
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./define-operator.ts";

const build = defineOperator<"x">({
  name: "barrier",
  inputs: ["x"],
  infer: ({ x: { shape, dtype } }) => ({ shape, dtype }),
  evaluate: ({ x }) => x.data,
  gradient: ({ dy }) => ({ x: dy }),
  onnx: (emitter, { x }) => emitter.again(x),
});

/** `x`, for a computation that is not to be merged with an equal one. */
export function barrier(x: Tensor): Tensor {
  return build({ x }, {});
}
