/**
 * Constructors of element-wise operators: one operand, two operands that broadcast, numbers as operands.
 *
 * @module
 */
import {
  broadcastShapes,
  elementCount,
  printShape,
  ShapeError,
  stridesOf,
} from "../tensor/shape.ts";
import type { NumericShape } from "../tensor/shape.ts";
import type { DType, Emitter, Node, Tensor, Value } from "../tensor/tensor.ts";
import { defineOperator } from "./define-operator.ts";
import type { Build, GradientScope } from "./define-operator.ts";
import { scalar } from "./source.ts";

/** For each element of `shape`, row-major, the offset into the data of `value`, which broadcasts to it. */
export function broadcastOffsets(value: Value, shape: NumericShape): Int32Array {
  const lead = shape.length - value.shape.length;
  const own = stridesOf(value.shape);
  const strides = shape.map((_, axis) =>
    axis < lead || value.shape[axis - lead] === 1 ? 0 : own[axis - lead]!,
  );
  const offsets = new Int32Array(elementCount(shape));
  const index = new Array<number>(shape.length).fill(0);
  let offset = 0;
  for (let element = 0; element < offsets.length; element++) {
    offsets[element] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return offsets;
}

type UnaryGradient = (scope: GradientScope<"x", object>) => Tensor;

/** An operator of one float32 tensor, element by element. */
export function unary(
  name: string,
  value: (x: number) => number,
  gradient: UnaryGradient | { readonly none: string },
  onnx: string | ((emitter: Emitter, x: string) => string),
): (x: Tensor) => Tensor {
  const build: Build<"x", object> = defineOperator<"x">({
    name,
    inputs: ["x"],
    infer({ x }) {
      requireType(name, x, "float32");
      return { shape: x.shape, dtype: x.dtype };
    },
    evaluate: ({ x }) => x.data.map(value),
    gradient: typeof gradient === "function" ? (scope) => ({ x: gradient(scope) }) : gradient,
    onnx: (emitter, { x }) =>
      typeof onnx === "string" ? emitter.node(onnx, [x])[0]! : onnx(emitter, x),
  });
  return (x) => build({ x }, {});
}

type BinaryGradient = (scope: GradientScope<"a" | "b", object>) => { a?: Tensor; b?: Tensor };

/** The dtypes of a family of binary operators. */
export interface BinaryFamily {
  /** Dtype of the result; `same` is that of the operands. */
  readonly result: "same" | "bool";
  /** Dtypes that the operands may have. */
  readonly operands: readonly DType[];
}

/** An operator of two tensors of one dtype that broadcast; `integers` is true for int32. */
export function binary(
  name: string,
  family: BinaryFamily,
  value: (a: number, b: number, integers: boolean) => number,
  gradient: BinaryGradient | { readonly none: string },
  onnx: string,
): (a: Tensor, b: Tensor) => Tensor {
  const build = defineOperator<"a" | "b">({
    name,
    inputs: ["a", "b"],
    infer({ a, b }) {
      requireType(name, a, ...family.operands);
      if (a.dtype !== b.dtype)
        throw new ShapeError(
          `${name}: got ${a.dtype} ${printShape(a.shape)} and ${b.dtype} ${printShape(b.shape)}; ` +
            `both must have the same dtype. Cast one of them.`,
        );
      return {
        shape: broadcastShapes(name, a.shape, b.shape),
        dtype: family.result === "bool" ? "bool" : a.dtype,
      };
    },
    evaluate({ a, b }, _, [shape], node: Node) {
      const integers = node.inputs[0]!.dtype === "int32";
      const result = new Float64Array(elementCount(shape!));
      const [left, right] = [a, b].map((each) =>
        each.data.length === result.length ? undefined : broadcastOffsets(each, shape!),
      );
      for (let k = 0; k < result.length; k++)
        result[k] = value(a.data[left ? left[k]! : k]!, b.data[right ? right[k]! : k]!, integers);
      return result;
    },
    gradient,
    onnx: (emitter, { a, b }) => emitter.node(onnx, [a, b])[0]!,
  });
  return (a, b) => build({ a, b }, {});
}

/** A tensor, or a number, which becomes a scalar of the other operand's dtype. */
export type Operand = Tensor | number;

/** The operator for operands that may be numbers; two numbers become float32 scalars. */
export function withNumbers(
  build: (a: Tensor, b: Tensor) => Tensor,
): (a: Operand, b: Operand) => Tensor {
  return (a, b) => {
    if (typeof a !== "number") return build(a, typeof b === "number" ? scalar(b, a.dtype) : b);
    if (typeof b !== "number") return build(scalar(a, b.dtype), b);
    return build(scalar(a), scalar(b));
  };
}

/** @throws {ShapeError} unless `tensor` has one of the dtypes */
export function requireType(speaker: string, tensor: Tensor, ...types: readonly DType[]): void {
  if (!types.includes(tensor.dtype))
    throw new ShapeError(
      `${speaker}: got ${tensor.dtype} ${printShape(tensor.shape)}; it takes ${types.join(" or ")}. ` +
        `Cast it first.`,
    );
}
