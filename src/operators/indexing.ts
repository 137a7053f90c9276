/**
 * Gathering and scattering by indices.
 *
 * Indices are int32 and must lie within the axis. A device takes −1 as the last entry and may not report others
 * outside, so a program checks the indices that it is given before each run; see `index-limits.ts`.
 *
 * @module
 */
import { sizeOf } from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import { isIndex } from "../tensor/indices.ts";
import { elementCount, normaliseAxis, printShape, sameShape, ShapeError } from "../tensor/shape.ts";
import type { Tensor, Value } from "../tensor/tensor.ts";
import { defineOperator } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";
import { onnxTypes } from "./cast.ts";
import { fill } from "./source.ts";

const buildGather = defineOperator<"table" | "indices">({
  name: "gather",
  inputs: ["table", "indices"],
  infer({ table, indices }) {
    requireType("gather", indices, "int32");
    if (table.shape.length === 0)
      throw new ShapeError("gather: the table is a scalar; it must have one axis or more.");
    return { shape: [...indices.shape, ...table.shape.slice(1)], dtype: table.dtype };
  },
  evaluate({ table, indices }, _, [shape]) {
    const width = elementCount(table.shape.slice(1));
    const result = new Float64Array(elementCount(shape!));
    indices.data.forEach((row, position) => {
      checkIndex("gather", row, table.shape[0]!);
      result.set(table.data.subarray(row * width, (row + 1) * width), position * width);
    });
    return result;
  },
  chooses: ({ table, indices }) => ({ indices, entries: table.shape[0]! }),
  gradient: ({ table, indices, dy }) => ({
    table: scatterAdd(indices, dy, table.shape[0]!, table.shape.slice(1)),
  }),
  onnx: (emitter, { table, indices }) => emitter.node("Gather", [table, indices], { axis: 0 })[0]!,
});

/** Rows of a table, as in an embedding: table `[rows, ...width]`, indices `[...]` → `[...indices, ...width]`. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  return buildGather({ table, indices }, {});
}

const buildScatterAdd = defineOperator<
  "indices" | "updates",
  { rows: Dimension; width: readonly Dimension[] }
>({
  name: "scatterAdd",
  inputs: ["indices", "updates"],
  infer({ indices, updates }, { rows, width }) {
    requireType("scatterAdd", indices, "int32");
    requireType("scatterAdd", updates, "float32");
    if (!sameShape(updates.shape, [...indices.shape, ...width]))
      throw new ShapeError(
        `scatterAdd: indices ${printShape(indices.shape)} and rows of shape ${printShape(width)} need ` +
          `updates ${printShape([...indices.shape, ...width])}, got ${printShape(updates.shape)}.`,
      );
    return { shape: [rows, ...width], dtype: "float32" };
  },
  evaluate({ indices, updates }, _, [shape]) {
    const width = elementCount(shape!.slice(1));
    const result = new Float64Array(elementCount(shape!));
    indices.data.forEach((row, position) => {
      checkIndex("scatterAdd", row, shape![0]!);
      for (let k = 0; k < width; k++)
        result[row * width + k]! += updates.data[position * width + k]!;
    });
    return result;
  },
  chooses: ({ indices }, { rows }) => ({ indices, entries: rows }),
  gradient: ({ indices, dy }) => ({ updates: gather(dy, indices) }),
  // Not ScatterND: its CPU kernel adds from several threads without a lock, so it loses updates of repeated
  // indices. A product with the one-hot matrix loses none on any device and is fastest for short tables;
  // ScatterElements adds the updates one after the other.
  onnx(emitter, { indices, updates }, { rows, width }) {
    const columns = sizeOf(width);
    if (typeof columns !== "number")
      throw new ShapeError(
        `scatterAdd: the shape of a row must be numbers, got ${printShape(width)}.`,
      );
    const reshaped = (name: string, shape: readonly number[]): string =>
      emitter.node("Reshape", [name, emitter.int64s(shape)])[0]!;
    const column = reshaped(indices, [-1, 1]);
    const flat = reshaped(updates, [-1, columns]);
    let sums: string;
    if (typeof rows === "number" && rows <= mostRowsOneHot) {
      const classes = Int32Array.from({ length: rows }, (_, row) => row);
      const [hits] = emitter.node("Equal", [column, emitter.tensor([rows], "int32", classes)]);
      const [oneHotRows] = emitter.node("Cast", [hits!], { to: 1 });
      const [transposed] = emitter.node("Transpose", [oneHotRows!], { perm: [1, 0] });
      sums = emitter.node("MatMul", [transposed!, flat])[0]!;
    } else {
      const shape = emitter.shape([rows, columns]);
      const [zeros] = emitter.node("Expand", [emitter.scalar(0, "float32"), shape]);
      const [extent] = emitter.node("Shape", [flat]);
      const [places] = emitter.node("Expand", [column, extent!]);
      const attributes = { axis: 0, reduction: "add" };
      sums = emitter.node("ScatterElements", [zeros!, places!, flat], attributes)[0]!;
    }
    return emitter.node("Reshape", [sums, emitter.shape([rows, ...width])])[0]!;
  },
});

/** The most rows of a table that is summed by a matrix product; measured, see bench/README.md. */
const mostRowsOneHot = 512;

/** Zeros `[rows, ...width]`, each update `[...indices, ...width]` added to the row of its index. */
export function scatterAdd(
  indices: Tensor,
  updates: Tensor,
  rows: Dimension,
  width: readonly Dimension[],
): Tensor {
  return buildScatterAdd({ indices, updates }, { rows, width });
}

const buildTake = defineOperator<"x" | "indices", { axis: number }>({
  name: "takeAlongAxis",
  inputs: ["x", "indices"],
  infer({ x, indices }, { axis }) {
    requireType("takeAlongAxis", indices, "int32");
    const fits =
      indices.shape.length === x.shape.length &&
      x.shape.every((size, position) => position === axis || size === indices.shape[position]);
    if (!fits)
      throw new ShapeError(
        `takeAlongAxis: x ${printShape(x.shape)} and indices ${printShape(indices.shape)} must agree ` +
          `on every axis except ${axis}. Expand one of them.`,
      );
    return { shape: indices.shape, dtype: x.dtype };
  },
  evaluate({ x, indices }, { axis }) {
    return Float64Array.from(offsetsAlong("takeAlongAxis", x, indices, axis), (at) => x.data[at]!);
  },
  chooses: ({ x, indices }, { axis }) => ({ indices, entries: x.shape[axis]! }),
  gradient: ({ x, indices, dy, options: { axis } }) => ({
    x: scatterAddAlong(fill(x.shape, 0), indices, dy, axis),
  }),
  onnx: (emitter, { x, indices }, { axis }) =>
    emitter.node("GatherElements", [x, indices], { axis })[0]!,
});

/** Elements of `x` at `indices` along `axis`, as NumPy's `take_along_axis`; the shape is that of `indices`. */
export function takeAlongAxis(x: Tensor, indices: Tensor, axis: number): Tensor {
  return buildTake({ x, indices }, { axis: normaliseAxis("takeAlongAxis", axis, x.shape.length) });
}

const buildAddAlong = defineOperator<"x" | "indices" | "updates", { axis: number }>({
  name: "scatterAddAlong",
  inputs: ["x", "indices", "updates"],
  infer({ x, indices, updates }, { axis }) {
    requireType("scatterAddAlong", x, "float32");
    requireType("scatterAddAlong", indices, "int32");
    const fits = x.shape.every((size, at) => at === axis || size === indices.shape[at]);
    if (!fits || !sameShape(updates.shape, indices.shape))
      throw new ShapeError(
        `scatterAddAlong: updates ${printShape(updates.shape)} and indices ${printShape(indices.shape)} must ` +
          `have the same shape, and the sizes of x ${printShape(x.shape)} on every axis except ${axis}.`,
      );
    return { shape: x.shape, dtype: "float32" };
  },
  evaluate({ x, indices, updates }, { axis }) {
    const result = Float64Array.from(x.data);
    offsetsAlong("scatterAddAlong", x, indices, axis).forEach((at, element) => {
      result[at]! += updates.data[element]!;
    });
    return result;
  },
  chooses: ({ x, indices }, { axis }) => ({ indices, entries: x.shape[axis]! }),
  gradient: ({ indices, dy, options: { axis } }) => ({
    x: dy,
    updates: takeAlongAxis(dy, indices, axis),
  }),
  onnx: (emitter, { x, indices, updates }, { axis }) =>
    emitter.node("ScatterElements", [x, indices, updates], { axis, reduction: "add" })[0]!,
});

/** `x` with each update added at its index along `axis`; indices may repeat. */
export function scatterAddAlong(x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  return buildAddAlong(
    { x, indices, updates },
    { axis: normaliseAxis("scatterAddAlong", axis, x.shape.length) },
  );
}

const buildOneHot = defineOperator<"indices", { classes: number }>({
  name: "oneHot",
  inputs: ["indices"],
  infer({ indices }, { classes }) {
    requireType("oneHot", indices, "int32");
    return { shape: [...indices.shape, classes], dtype: "float32" };
  },
  evaluate({ indices }, { classes }) {
    const result = new Float64Array(indices.data.length * classes);
    indices.data.forEach((index, position) => {
      checkIndex("oneHot", index, classes);
      result[position * classes + index] = 1;
    });
    return result;
  },
  chooses: ({ indices }, { classes }) => ({ indices, entries: classes }),
  gradient: { none: "integers" },
  onnx(emitter, { indices }, { classes }) {
    const [column] = emitter.node("Unsqueeze", [indices, emitter.int64s([-1])]);
    const numbers = emitter.tensor([classes], "int32", [...Array(classes).keys()]);
    const [hits] = emitter.node("Equal", [column!, numbers]);
    return emitter.node("Cast", [hits!], { to: onnxTypes.float32 })[0]!;
  },
});

/** One-hot vectors: indices `[...]` → float32 `[..., classes]`. */
export function oneHot(indices: Tensor, classes: number): Tensor {
  return buildOneHot({ indices }, { classes });
}

/** For each index, the offset into the data of `x` of the element that it selects along `axis`. */
function offsetsAlong(speaker: string, x: Value, indices: Value, axis: number): Float64Array {
  const inner = elementCount(x.shape.slice(axis + 1));
  const [size, steps] = [x.shape[axis]!, indices.shape[axis]!];
  return indices.data.map((index, element) => {
    checkIndex(speaker, index, size);
    const outer = Math.floor(element / (inner * steps));
    return (outer * size + index) * inner + (element % inner);
  });
}

/** @throws {RangeError} `index` is no whole number from 0 to `size` − 1 */
export function checkIndex(speaker: string, index: number, size: number): void {
  if (!isIndex(index, size))
    throw new RangeError(`${speaker}: index ${index} is outside 0 … ${size - 1}.`);
}
