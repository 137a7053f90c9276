/**
 * Conversion to another dtype.
 *
 *     float32 → int32 rounds towards zero; bool → number gives 0 and 1; number → bool gives x ≠ 0
 *
 * ONNX:  Cast
 *
 * @module
 */
import type { DType, Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./define-operator.ts";

/** The numbers that ONNX gives to element types (TensorProto.DataType). */
export const onnxTypes: Readonly<Record<DType | "int64" | "uint8", number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
};

const build = defineOperator<"x", { to: DType }>({
  name: "cast",
  inputs: ["x"],
  infer: ({ x }, { to }) => ({ shape: x.shape, dtype: to }),
  evaluate: ({ x }, { to }) =>
    x.data.map(to === "int32" ? Math.trunc : to === "bool" ? (v) => +(v !== 0) : (v) => v),
  gradient: ({ x, dy }) => (x.dtype === "float32" ? { x: cast(dy, "float32") } : {}),
  onnx: (emitter, { x }, { to }) => emitter.node("Cast", [x], { to: onnxTypes[to] })[0]!,
});

/** `x` as dtype `to`; `x` itself where it has that dtype. */
export function cast(x: Tensor, to: DType): Tensor {
  return x.dtype === to ? x : build({ x }, { to });
}
