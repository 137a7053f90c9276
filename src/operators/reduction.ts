/**
 * Reductions: sum, mean, max and min over axes, and argmax.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { sizeOf } from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import { elementCount, normaliseAxis, printShape, sameShape, ShapeError } from "../tensor/shape.ts";
import type { NumericShape, Shape } from "../tensor/shape.ts";
import type { Emitter, Tensor, Value } from "../tensor/tensor.ts";
import { divide, multiply } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { equal } from "./comparison.ts";
import { defineOperator } from "./define-operator.ts";
import type { Build } from "./define-operator.ts";
import { broadcastOffsets, requireType } from "./elementwise.ts";
import { expand, reshape } from "./movement.ts";
import { fill, uniformValue } from "./source.ts";

/** The reduction axes, and whether the result has them. */
export interface ReductionOptions {
  /** Reduction axes; negative ones count from the last axis. Default: all. */
  readonly axes?: readonly number[];
  /** Keep the reduction axes in the result, with size 1. Default false. */
  readonly keep?: boolean;
}

const names: NamesOf<ReductionOptions> = { axes: true, keep: true };

interface Reduced {
  readonly axes: readonly number[];
  readonly keep: boolean;
}

function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Dimension[] {
  return shape.flatMap((dimension, axis) => (!axes.includes(axis) ? [dimension] : keep ? [1] : []));
}

/** Reduces the axes with `combine`, beginning with `start`; row-major. */
function fold(
  x: Value,
  axes: readonly number[],
  start: number,
  combine: (accumulated: number, value: number) => number,
): Float64Array {
  const kept: NumericShape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const result = new Float64Array(elementCount(kept)).fill(start);
  const offsets = broadcastOffsets({ shape: kept, data: result }, x.shape);
  for (let element = 0; element < x.data.length; element++)
    result[offsets[element]!] = combine(result[offsets[element]!]!, x.data[element]!);
  return result;
}

function reduction(
  name: string,
  evaluate: (x: Value, axes: readonly number[]) => Float64Array,
  gradient: (scope: { x: Tensor; y: Tensor; dy: Tensor; axes: readonly number[] }) => Tensor,
  onnx: (emitter: Emitter, x: string, axes: readonly number[], keep: 0 | 1) => string,
): (x: Tensor, options?: ReductionOptions) => Tensor {
  const build: Build<"x", Reduced> = defineOperator<"x", Reduced>({
    name,
    inputs: ["x"],
    infer({ x }, { axes, keep }) {
      requireType(name, x, "float32", "int32");
      return { shape: reducedShape(x.shape, axes, keep), dtype: x.dtype };
    },
    evaluate: ({ x }, { axes }) => evaluate(x, axes),
    gradient({ x, y, dy, options: { axes } }) {
      const kept = reducedShape(x.shape, axes, true);
      return { x: gradient({ x, axes, y: reshape(y, kept), dy: reshape(dy, kept) }) };
    },
    onnx: (emitter, { x }, { axes, keep }) => onnx(emitter, x, axes, keep ? 1 : 0),
  });
  return (x, options = {}) => {
    refuseUnknownNames(name, options, names);
    const { axes, keep = false } = options;
    const all = axes ?? x.shape.map((_, axis) => axis);
    const normal = all.map((axis) => normaliseAxis(name, axis, x.shape.length));
    return normal.length === 0 ? x : build({ x }, { axes: normal, keep });
  };
}

/** The ONNX node of an operator that takes the axes as an input. */
function reduceNode(opType: string) {
  return (emitter: Emitter, x: string, axes: readonly number[], keep: 0 | 1): string =>
    emitter.node(opType, [x, emitter.int64s(axes)], { keepdims: keep })[0]!;
}

/** The sum over axes. */
export const sum: (x: Tensor, options?: ReductionOptions) => Tensor = reduction(
  "sum",
  (x, axes) => fold(x, axes, 0, (accumulated, value) => accumulated + value),
  ({ x, dy }) => expand(dy, x.shape),
  reduceNode("ReduceSum"),
);

/**
 * The mean over axes.
 *
 * @throws {ShapeError} when it is differentiated and a reduction axis has a symbolic size
 */
export const mean: (x: Tensor, options?: ReductionOptions) => Tensor = reduction(
  "mean",
  (x, axes) => {
    const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
    return fold(x, axes, 0, (accumulated, value) => accumulated + value).map((v) => v / count);
  },
  ({ x, dy, axes }) => {
    const count = sizeOf(axes.map((axis) => x.shape[axis]!));
    if (typeof count === "number") {
      // Dividing a constant gradient keeps it constant; any other is divided, since 1/count is not exact.
      const known = uniformValue(dy);
      return known === undefined
        ? expand(divide(dy, count), x.shape)
        : fill(x.shape, known / count);
    }
    throw new ShapeError(
      `mean: its gradient needs reduction axes whose sizes are numbers, got ${printShape(x.shape)}. ` +
        `Build training graphs with numeric shapes.`,
    );
  },
  reduceNode("ReduceMean"),
);

/** The maximum over axes; the gradient is divided equally among the elements that equal it. */
export const max: (x: Tensor, options?: ReductionOptions) => Tensor = reduction(
  "max",
  (x, axes) => fold(x, axes, -Infinity, Math.max),
  shareGradient,
  reduceNode("ReduceMax"),
);

/** The minimum over axes; the gradient is divided equally among the elements that equal it. */
export const min: (x: Tensor, options?: ReductionOptions) => Tensor = reduction(
  "min",
  (x, axes) => fold(x, axes, Infinity, Math.min),
  shareGradient,
  reduceNode("ReduceMin"),
);

function shareGradient(scope: {
  x: Tensor;
  y: Tensor;
  dy: Tensor;
  axes: readonly number[];
}): Tensor {
  const isExtreme = cast(equal(scope.x, scope.y), "float32");
  const count = sum(isExtreme, { axes: scope.axes, keep: true });
  return multiply(isExtreme, divide(scope.dy, count));
}

/** `x` summed to `shape`, which broadcasts to the shape of `x`: the gradient of broadcasting. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(sum(x, { axes, keep: true }), shape);
}

const buildArgmax = defineOperator<"x">({
  name: "argmax",
  inputs: ["x"],
  infer({ x }) {
    if (x.shape.length === 0)
      throw new ShapeError("argmax: got a scalar; it takes a tensor of one axis or more.");
    return { shape: x.shape.slice(0, -1), dtype: "int32" };
  },
  evaluate({ x }, _, [shape]) {
    const size = x.shape.at(-1)!;
    return Float64Array.from({ length: elementCount(shape!) }, (_, row) => {
      let best = 0;
      for (let k = 1; k < size; k++)
        if (x.data[row * size + k]! > x.data[row * size + best]!) best = k;
      return best;
    });
  },
  gradient: { none: "integers" },
  onnx(emitter, { x }) {
    const [index] = emitter.node("ArgMax", [x], { axis: -1, keepdims: 0 });
    return emitter.node("Cast", [index!], { to: 6 })[0]!;
  },
});

/** The index of the maximum along the last axis, int32; the first of several. */
export function argmax(x: Tensor): Tensor {
  return buildArgmax({ x }, {});
}
