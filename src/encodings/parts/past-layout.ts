/**
 * The layout of numbers by distance for causal attention: distances of the past only.
 *
 * Half as many distances as in toeplitz.ts, and one pass less over the matrix. Entries of keys that the
 * mask forbids hold numbers of other entries. A query's own key is among the keys, as in all causal
 * self-attention: so no key that it attends to is beyond the diagonal that ends in the last column.
 *
 * @module
 */
import { add, subtract } from "../../operators/arithmetic.ts";
import { cast } from "../../operators/cast.ts";
import { reshape } from "../../operators/movement.ts";
import { max, min } from "../../operators/reduction.ts";
import { pad, slice } from "../../operators/slicing.ts";
import { constant, range } from "../../operators/source.ts";
import { addDimensions, multiplyDimensions, subtractDimensions } from "../../tensor/dimension.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { EncodingContext, Positions } from "../position-encoding.ts";
import { isConsecutive } from "./toeplitz.ts";
import type { DistanceLayout, Distances } from "./toeplitz.ts";

/** What rows of numbers need to become a matrix, and back. */
export type RowLayout = Pick<DistanceLayout, "distances" | "skew" | "unskew">;

/** Rows of queries and columns of keys; undefined where attention is not causal or positions have gaps. */
export function pastLayout(context: EncodingContext): RowLayout | undefined {
  if (!endsWithKeys(context)) return undefined;
  const { queries, keys } = context;
  const [rows, columns] = [lengthOf(queries), lengthOf(keys)];
  const [width, size] = [addDimensions(columns, 1), multiplyDimensions(rows, columns)];
  return {
    // The first is not used: distance `columns`, then down to 0 in the last column of the last row.
    distances: line(1, -1, queries, keys, "first", width),
    skew(numbers) {
      const leading = numbers.shape.slice(0, -2);
      // Cut into rows one shorter, each row begins one slot earlier than the row above.
      const flat = reshape(numbers, [...leading, multiplyDimensions(rows, width)]);
      return reshape(slice(flat, leading.length, rows, size), [...leading, rows, columns]);
    },
    unskew(matrix) {
      const leading = matrix.shape.slice(0, -2);
      const flat = pad(reshape(matrix, [...leading, size]), leading.length, rows, 0);
      return reshape(flat, [...leading, rows, width]);
    },
  };
}

/** Rows of keys and columns of queries; undefined where attention is not causal or positions have gaps. */
export function pastKeyLayout(
  context: EncodingContext,
): Pick<RowLayout, "distances" | "skew"> | undefined {
  if (!endsWithKeys(context)) return undefined;
  const { queries, keys } = context;
  const [rows, columns] = [lengthOf(keys), lengthOf(queries)];
  const width = addDimensions(rows, 1);
  return {
    // From 0, the distance of a key and its own query, up; the last is not used.
    distances: line(0, 1, queries, keys, "last", width),
    skew(numbers) {
      const leading = numbers.shape.slice(0, -2);
      const axis = leading.length;
      const flat = reshape(numbers, [...leading, multiplyDimensions(rows, width)]);
      const kept = slice(flat, axis, 0, multiplyDimensions(rows, rows));
      // Of a query at every key's position, the last ones are there.
      const square = reshape(kept, [...leading, rows, rows]);
      return slice(square, axis + 1, subtractDimensions(rows, columns), columns);
    },
  };
}

function endsWithKeys({ causal, queries, keys }: EncodingContext): boolean {
  if (!causal || !isConsecutive(queries) || !isConsecutive(keys)) return false;
  const [last, lastKey] = [queries.values?.at(-1), keys.values?.at(-1)];
  return last === undefined || lastKey === undefined || last <= lastKey;
}

const lengthOf = ({ tensor }: Positions): Tensor["shape"][number] => tensor.shape.at(-1)!;

/** The last query's distance to the first or last key, and `start`, `start + step`, … more: `length` of them. */
function line(
  start: 0 | 1,
  step: 1 | -1,
  queries: Positions,
  keys: Positions,
  key: "first" | "last",
  length: Tensor["shape"][number],
): Distances {
  if (queries.values && keys.values && typeof length === "number") {
    const begin = queries.values.at(-1)! - keys.values.at(key === "first" ? 0 : -1)! + start;
    const values = Array.from({ length }, (_, at) => begin + step * at);
    return { tensor: constant([length], values), values };
  }
  const end = max(floats(queries.tensor));
  const from = key === "first" ? min(floats(keys.tensor)) : max(floats(keys.tensor));
  const begin = add(subtract(end, from), start);
  const steps = floats(range(length));
  return { tensor: step > 0 ? add(begin, steps) : subtract(begin, steps) };
}

const floats = (whole: Tensor): Tensor => cast(whole, "float32");
