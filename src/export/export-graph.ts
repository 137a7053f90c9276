/**
 * A graph as programs call it: named inputs in the types of ONNX files, named outputs.
 *
 * @module
 */
import type { ElementType } from "../onnx/attributes.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A tensor and its name in the model. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** An input: what the model declares, and the tensor that the graph reads of it. */
export interface GraphInput extends NamedTensor {
  /** As it is declared. int32 is declared as int64 and cast, because other programs give token ids so. */
  readonly shape: Shape;
  /** The bool input `[1]` under which the graph reads nothing: axis 1 of `tensor` is then 0, else that of `shape`. */
  readonly emptyIf?: string;
}

/** The graph. */
export interface ExportGraph {
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly NamedTensor[];
}

/** An input that the graph reads as it is declared. */
export function graphInput(name: string, tensor: Tensor, shape: Shape = tensor.shape): GraphInput {
  return { name, tensor, shape };
}

/** The type that an input is declared with. */
export function declaredType({ tensor }: GraphInput): ElementType {
  return tensor.dtype === "int32" ? "int64" : tensor.dtype;
}
