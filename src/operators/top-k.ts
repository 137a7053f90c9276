/**
 * The largest numbers of a row, and where they are.
 *
 * ONNX:    TopK, axis −1, largest first; Cast of the indices
 *
 * @module
 */
import { elementCount, printShape, ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { onnxTypes } from "./cast.ts";
import { defineOperator } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";
import { scatterAddAlong } from "./indexing.ts";
import { fill } from "./source.ts";

const buildTopK = defineOperator<"x", { count: number }>({
  name: "topK",
  inputs: ["x"],
  infer({ x }, { count }) {
    requireType("topK", x, "float32");
    const size = x.shape.at(-1);
    if (!Number.isInteger(count) || count < 1 || (typeof size === "number" && count > size))
      throw new ShapeError(
        `topK: count must be a whole number from 1 to the size of the last axis, got ${count} for x ${printShape(x.shape)}.`,
      );
    if (size === undefined)
      throw new ShapeError("topK: got a scalar; it takes a tensor of one axis or more.");
    const shape = [...x.shape.slice(0, -1), count];
    return [
      { shape, dtype: "float32" },
      { shape, dtype: "int32" },
    ];
  },
  evaluate({ x }, { count }) {
    const size = x.shape.at(-1)!;
    const rows = Array.from({ length: elementCount(x.shape.slice(0, -1)) }, (_, row) => {
      const numbers = x.data.subarray(row * size, (row + 1) * size);
      const order = [...numbers.keys()].sort((a, b) => numbers[b]! - numbers[a]! || a - b);
      return order.slice(0, count).map((index) => ({ index, value: numbers[index]! }));
    }).flat();
    return [
      Float64Array.from(rows, ({ value }) => value),
      Float64Array.from(rows, ({ index }) => index),
    ];
  },
  gradient: ({ x, ys, dys: [dValues] }) => ({
    x: dValues && scatterAddAlong(fill(x.shape, 0), ys[1]!, dValues, x.shape.length - 1),
  }),
  onnx(emitter, { x }, { count }) {
    const sizes = emitter.int64s([count]);
    const [values, indices] = emitter.node("TopK", [x, sizes], { axis: -1 }, { outputs: 2 });
    return [values!, emitter.node("Cast", [indices!], { to: onnxTypes.int32 })[0]!];
  },
});

/**
 * The `count` largest numbers along the last axis, largest first, and their int32 indices; of equal ones the first.
 *
 * @throws {ShapeError} there are fewer, or x is not float32
 */
export function topK(
  x: Tensor,
  count: number,
): { readonly values: Tensor; readonly indices: Tensor } {
  const [values, indices] = buildTopK.all({ x }, { count });
  return { values: values!, indices: indices! };
}
