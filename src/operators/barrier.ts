/**
 * An identity that prevents common subexpression elimination.
 *
 * The ONNX writer merges equal nodes. Nodes that read `barrier(x)` are not merged with equal nodes that read
 * `x`, so both are computed, and the result of the first can be freed before the second is needed.
 *
 *     y  = x
 *     dx = dy
 *
 * ONNX:    no node; readers of `barrier(x)` read the tensor of `x`
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./define-operator.ts";

const build = defineOperator<"x">({
  name: "barrier",
  inputs: ["x"],
  rearranges: true,
  infer: ({ x: { shape, dtype } }) => ({ shape, dtype }),
  evaluate: ({ x }) => x.data,
  gradient: ({ dy }) => ({ x: dy }),
  onnx: (emitter, { x }) => emitter.alias(x),
});

/** `x`, read by nodes that are not to be merged with equal nodes that read `x` itself. */
export function barrier(x: Tensor): Tensor {
  return build({ x }, {});
}
