/**
 * What element-wise operators share: broadcasting loops and the two constructors for their families.
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

/** Offsets into `value` for each element of `shape`, to which it broadcasts. */
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

/** An operator of one float tensor, element by element. */
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

/** Settings of a family of binary operators. */
export interface BinaryFamily {
  /** Type of the result, `same` as the operands'. */
  readonly result: "same" | "bool";
  readonly operands: readonly DType[];
}

/** An operator of two tensors of one type that broadcast. */
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
            `both must have one type. Cast one of them.`,
        );
      return {
        shape: broadcastShapes(name, a.shape, b.shape),
        dtype: family.result === "bool" ? "bool" : a.dtype,
      };
    },
    evaluate({ a, b }, _, [shape], node: Node) {
      const integers = node.inputs[0]!.dtype === "int32";
      const left = broadcastOffsets(a, shape!);
      const right = broadcastOffsets(b, shape!);
      return Float64Array.from(left, (offset, element) =>
        value(a.data[offset]!, b.data[right[element]!]!, integers),
      );
    },
    gradient,
    onnx: (emitter, { a, b }) => emitter.node(onnx, [a, b])[0]!,
  });
  return (a, b) => build({ a, b }, {});
}

/** Raises a ShapeError unless `tensor` has one of the types. */
export function requireType(speaker: string, tensor: Tensor, ...types: readonly DType[]): void {
  if (!types.includes(tensor.dtype))
    throw new ShapeError(
      `${speaker}: got ${tensor.dtype} ${printShape(tensor.shape)}; it takes ${types.join(" or ")}. ` +
        `Cast it first.`,
    );
}
