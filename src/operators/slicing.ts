/**
 * Concatenation, slicing, splitting and padding along one axis.
 *
 * @module
 */
import {
  addDimensions,
  resolveDimension,
  resolveShape,
  subtractDimensions,
} from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import { elementCount, normaliseAxis, printShape, ShapeError } from "../tensor/shape.ts";
import type { NumericShape, Shape } from "../tensor/shape.ts";
import { createNode } from "../tensor/tensor.ts";
import type { Operator, Signature, Tensor, Value } from "../tensor/tensor.ts";
import { defineOperator } from "./define-operator.ts";
import { fill } from "./source.ts";

function withAxis(shape: Shape, axis: number, size: Dimension): Dimension[] {
  return shape.map((dimension, position) => (position === axis ? size : dimension));
}

/** The number of elements of the axes before `axis`, and of those after it. */
function extents(shape: NumericShape, axis: number): { outer: number; inner: number } {
  return {
    outer: elementCount(shape.slice(0, axis)),
    inner: elementCount(shape.slice(axis + 1)),
  };
}

const concatOperator: Operator = {
  name: "concat",
  rearranges: true,
  evaluate(values: readonly Value[], node, { bindings }) {
    const axis = node.attributes["axis"] as number;
    const shape = resolveShape(node.outputs[0]!.shape, bindings);
    const { outer, inner } = extents(shape, axis);
    const data = new Float64Array(elementCount(shape));
    let written = 0;
    for (let row = 0; row < outer; row++)
      for (const value of values) {
        const length = value.shape[axis]! * inner;
        data.set(value.data.subarray(row * length, (row + 1) * length), written);
        written += length;
      }
    return [{ shape, data }];
  },
  gradient(node, [dy]) {
    const axis = node.attributes["axis"] as number;
    let start: Dimension = 0;
    return node.inputs.map((input) => {
      const size = input.shape[axis]!;
      const part = slice(dy!, axis, start, size);
      start = addDimensions(start, size);
      return part;
    });
  },
  emit: (emitter, node, inputs) =>
    emitter.node("Concat", inputs, { axis: node.attributes["axis"] as number }),
};

/**
 * The tensors concatenated along `axis`.
 *
 * @throws {ShapeError} without tensors, or where dtypes or the sizes of other axes differ
 */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first, ...rest] = tensors;
  if (first === undefined) throw new ShapeError("concat: got no tensor. Pass one or more.");
  const along = normaliseAxis("concat", axis, first.shape.length);
  for (const tensor of rest)
    if (
      tensor.dtype !== first.dtype ||
      tensor.shape.length !== first.shape.length ||
      tensor.shape.some((size, position) => position !== along && size !== first.shape[position])
    )
      throw new ShapeError(
        `concat: ${first.dtype} ${printShape(first.shape)} and ${tensor.dtype} ` +
          `${printShape(tensor.shape)} differ not only on axis ${along}. Reshape or cast one of them.`,
      );
  if (rest.length === 0) return first;
  const size = tensors.map((tensor) => tensor.shape[along]!).reduce(addDimensions);
  return createNode(concatOperator, tensors, { axis: along }, [
    { shape: withAxis(first.shape, along, size), dtype: first.dtype },
  ]).outputs[0]!;
}

interface SliceOptions {
  readonly axis: number;
  readonly start: Dimension;
  readonly size: Dimension;
}

const buildSlice = defineOperator<"x", SliceOptions>({
  name: "slice",
  inputs: ["x"],
  rearranges: true,
  infer({ x }, { axis, start, size }) {
    const total = x.shape[axis]!;
    const end = addDimensions(start, size);
    if ([start, size].some((bound) => typeof bound === "number" && bound < 0))
      throw new ShapeError(`slice: start ${start} and size ${size} must not be negative.`);
    if (typeof total === "number" && typeof end === "number" && end > total)
      throw new ShapeError(
        `slice: ${start} … ${end} exceeds axis ${axis} of ${printShape(x.shape)}, whose size is ` +
          `${total}. Take fewer elements, or pad first.`,
      );
    return { shape: withAxis(x.shape, axis, size), dtype: x.dtype };
  },
  evaluate({ x }, { axis, start }, [shape], _, bindings) {
    const { outer, inner } = extents(x.shape, axis);
    const first = resolveDimension(start, bindings);
    const [from, length] = [x.shape[axis]! * inner, shape![axis]! * inner];
    const result = new Float64Array(elementCount(shape!));
    for (let row = 0; row < outer; row++) {
      const begin = row * from + first * inner;
      result.set(x.data.subarray(begin, begin + length), row * length);
    }
    return result;
  },
  gradient({ x, dy, options: { axis, start, size } }) {
    const after = subtractDimensions(x.shape[axis]!, addDimensions(start, size));
    return { x: pad(dy, axis, start, after) };
  },
  onnx: (emitter, { x }, { axis, start, size }) =>
    emitter.node("Slice", [
      x,
      emitter.shape([start]),
      emitter.shape([addDimensions(start, size)]),
      emitter.int64s([axis]),
    ])[0]!,
});

/** The elements `start` … `start + size − 1` of `axis`; both may be symbolic. */
export function slice(x: Tensor, axis: number, start: Dimension, size: Dimension): Tensor {
  const along = normaliseAxis("slice", axis, x.shape.length);
  return start === 0 && size === x.shape[along]
    ? x
    : buildSlice({ x }, { axis: along, start, size });
}

const splitOperator: Operator = {
  name: "split",
  rearranges: true,
  evaluate([value], node, { bindings }) {
    const axis = node.attributes["axis"] as number;
    const { outer, inner } = extents(value!.shape, axis);
    const parts = node.outputs.map(({ shape }) => {
      const size = resolveShape(shape, bindings);
      return { shape: size, data: new Float64Array(elementCount(size)) };
    });
    let read = 0;
    for (let row = 0; row < outer; row++)
      for (const { shape, data } of parts) {
        const length = shape[axis]! * inner;
        data.set(value!.data.subarray(read, read + length), row * length);
        read += length;
      }
    return parts;
  },
  // Concatenating the gradients of the parts needs no padding and no sum, unlike the gradients of slices.
  gradient(node, dys) {
    const parts = node.outputs.map((part, index) => dys[index] ?? fill(part.shape, 0));
    return [concat(parts, node.attributes["axis"] as number)];
  },
  emit(emitter, node, inputs) {
    const axis = node.attributes["axis"] as number;
    const sizes = emitter.int64s(node.outputs.map(({ shape }) => shape[axis] as number));
    return emitter.node("Split", [inputs[0]!, sizes], { axis }, { outputs: node.outputs.length });
  },
};

/**
 * `x` split into `parts` equal parts along `axis`.
 *
 * @throws {ShapeError} where the size of the axis is not a number that `parts` divides
 */
export function split(x: Tensor, axis: number, parts: number): readonly Tensor[] {
  const along = normaliseAxis("split", axis, x.shape.length);
  const size = x.shape[along];
  if (typeof size !== "number" || size % parts !== 0)
    throw new ShapeError(
      `split: an axis of size ${size} cannot be split into ${parts} equal parts. ` +
        `Its size must be a number that is a multiple of the number of parts.`,
    );
  if (parts === 1) return [x];
  const shape = withAxis(x.shape, along, size / parts);
  const signature: Signature = { shape, dtype: x.dtype };
  const signatures = Array<Signature>(parts).fill(signature);
  return createNode(splitOperator, [x], { axis: along }, signatures).outputs;
}

const buildPad = defineOperator<"x", { axis: number; before: Dimension; after: Dimension }>({
  name: "pad",
  inputs: ["x"],
  rearranges: true,
  infer({ x }, { axis, before, after }) {
    const size = [before, x.shape[axis]!, after].reduce(addDimensions);
    return { shape: withAxis(x.shape, axis, size), dtype: x.dtype };
  },
  evaluate({ x }, { axis, before }, [shape], _, bindings) {
    const { outer, inner } = extents(x.shape, axis);
    const first = resolveDimension(before, bindings);
    const [to, length] = [shape![axis]! * inner, x.shape[axis]! * inner];
    const result = new Float64Array(elementCount(shape!));
    for (let row = 0; row < outer; row++)
      result.set(x.data.subarray(row * length, (row + 1) * length), row * to + first * inner);
    return result;
  },
  gradient: ({ x, dy, options: { axis, before } }) => ({
    x: slice(dy, axis, before, x.shape[axis]!),
  }),
  onnx(emitter, { x }, { axis, before, after }, node) {
    const rank = node.inputs[0]!.shape.length;
    const amounts = Array.from({ length: 2 * rank }, (_, position): Dimension =>
      position === axis ? before : position === rank + axis ? after : 0,
    );
    return emitter.node("Pad", [x, emitter.shape(amounts)])[0]!;
  },
});

/** `x` with `before` and `after` zeros added along `axis`; both may be symbolic. */
export function pad(x: Tensor, axis: number, before: Dimension, after: Dimension): Tensor {
  const along = normaliseAxis("pad", axis, x.shape.length);
  return before === 0 && after === 0 ? x : buildPad({ x }, { axis: along, before, after });
}
