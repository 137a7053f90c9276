/**
 * Reshape, transpose and broadcast: the same elements in another shape or order.
 *
 * @module
 */
import { sizeOf } from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import {
  broadcastShapes,
  elementCount,
  printShape,
  sameShape,
  ShapeError,
  stridesOf,
} from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { factorOf, multiply } from "./arithmetic.ts";
import { defineOperator } from "./define-operator.ts";
import { broadcastOffsets } from "./elementwise.ts";
import { fill, uniformValue } from "./source.ts";

const buildReshape = defineOperator<"x", { shape: Shape }>({
  name: "reshape",
  inputs: ["x"],
  rearranges: true,
  infer({ x }, { shape }) {
    if (sizeOf(x.shape) !== sizeOf(shape))
      throw new ShapeError(
        `reshape: ${printShape(x.shape)} has ${sizeOf(x.shape)} elements, ${printShape(shape)} has ` +
          `${sizeOf(shape)}. Both must have the same number.`,
      );
    return { shape, dtype: x.dtype };
  },
  evaluate: ({ x }) => x.data,
  gradient: ({ x, dy }) => ({ x: reshape(dy, x.shape) }),
  onnx(emitter, { x }, { shape }, node) {
    const from = node.inputs[0]!.shape;
    // ONNX copies a dimension for 0 and infers it for −1, so most symbolic shapes need no run-time arithmetic.
    const copied = shape.map((dimension, axis) =>
      typeof dimension === "number" ? dimension : dimension === from[axis] ? 0 : -1,
    );
    const simple = copied.filter((dimension) => dimension === -1).length <= 1;
    const target = simple && !shape.includes(0) ? emitter.int64s(copied) : emitter.shape(shape);
    return emitter.node("Reshape", [x, target])[0]!;
  },
});

/** The same elements in row-major order under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const value = uniformValue(x);
  if (value !== undefined && sizeOf(x.shape) === sizeOf(shape)) return fill(shape, value, x.dtype);
  // A constant factor is applied after the reshape, where a following `matmul` can take it as its scale.
  const scaled = factorOf(x);
  if (scaled !== undefined) return multiply(reshape(scaled.x, shape), scaled.factor);
  // A reshape of a reshape is one reshape.
  const source = x.node.operator === buildReshape.operator ? x.node.inputs[0]! : x;
  return sameShape(source.shape, shape) ? source : buildReshape({ x: source }, { shape });
}

/** All leading axes as one: `[..., n]` → `[rows, n]`. */
export function flattenRows(x: Tensor): Tensor {
  return reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);
}

const buildTranspose = defineOperator<"x", { axes: readonly number[] }>({
  name: "transpose",
  inputs: ["x"],
  rearranges: true,
  infer({ x }, { axes }) {
    const sorted = [...axes].sort((left, right) => left - right);
    if (axes.length !== x.shape.length || sorted.some((axis, position) => axis !== position))
      throw new ShapeError(
        `transpose: [${axes.join(", ")}] is not a permutation of the axes of ${printShape(x.shape)}. ` +
          `Name each axis 0 … ${x.shape.length - 1} once.`,
      );
    return { shape: axes.map((axis) => x.shape[axis]!), dtype: x.dtype };
  },
  evaluate({ x }, { axes }, [shape]) {
    const from = stridesOf(x.shape);
    const strides = axes.map((axis) => from[axis]!);
    const result = new Float64Array(x.data.length);
    const index = new Array<number>(axes.length).fill(0);
    let offset = 0;
    for (let element = 0; element < result.length; element++) {
      result[element] = x.data[offset]!;
      for (let axis = axes.length - 1; axis >= 0; axis--) {
        offset += strides[axis]!;
        if (++index[axis]! < shape![axis]!) break;
        offset -= strides[axis]! * shape![axis]!;
        index[axis] = 0;
      }
    }
    return result;
  },
  gradient: ({ options, dy }) => ({
    x: transpose(
      dy,
      options.axes.map((_, axis) => options.axes.indexOf(axis)),
    ),
  }),
  onnx: (emitter, { x }, { axes }) => emitter.node("Transpose", [x], { perm: axes })[0]!,
});

/** The axes permuted: output axis `k` is input axis `axes[k]`. */
export function transpose(x: Tensor, axes: readonly number[]): Tensor {
  if (axes.length === x.shape.length && axes.every((axis, position) => axis === position)) return x;
  const scaled = factorOf(x);
  if (scaled !== undefined) return multiply(transpose(scaled.x, axes), scaled.factor);
  if (x.node.operator !== buildTranspose.operator) return buildTranspose({ x }, { axes });
  // A transpose of a transpose is one transpose.
  const first = x.node.attributes["axes"] as readonly number[];
  return transpose(
    x.node.inputs[0]!,
    axes.map((axis) => first[axis]!),
  );
}

/** The last two axes exchanged. */
export function transposeLast(x: Tensor): Tensor {
  const rank = x.shape.length;
  return transpose(x, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

const buildExpand = defineOperator<"x", { shape: Shape }>({
  name: "expand",
  inputs: ["x"],
  rearranges: true,
  infer({ x }, { shape }) {
    if (!sameShape(broadcastShapes("expand", x.shape, shape), shape))
      throw new ShapeError(
        `expand: ${printShape(x.shape)} does not broadcast to ${printShape(shape)}. ` +
          `Only axes of size 1 can be repeated.`,
      );
    return { shape, dtype: x.dtype };
  },
  evaluate: ({ x }, _, [shape]) =>
    elementCount(x.shape) === elementCount(shape!)
      ? x.data
      : Float64Array.from(broadcastOffsets(x, shape!), (offset) => x.data[offset]!),
  gradient: ({ dy }) => ({ x: dy }), // the reverse pass sums it to the shape of x
  onnx: (emitter, { x }, { shape }) => emitter.node("Expand", [x, emitter.shape(shape)])[0]!,
});

/** `x` broadcast to `shape`: axes of size 1 repeated, leading axes added. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const value = uniformValue(x);
  return value === undefined ? buildExpand({ x }, { shape }) : fill(shape, value, x.dtype);
}

/** A new axis of size 1 at `axis`. */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  const shape: Dimension[] = [...x.shape];
  shape.splice(axis < 0 ? axis + x.shape.length + 1 : axis, 0, 1);
  return reshape(x, shape);
}
