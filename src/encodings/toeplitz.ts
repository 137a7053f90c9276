/**
 * Biases that depend on the distance alone: numbers for each distance, laid out as a matrix.
 *
 * A matrix of `query × key` distances repeats `query + key − 1` numbers. Looking each entry up in a
 * table makes the gradient a scatter of `query · key` rows; laying out one row of numbers only moves
 * memory, and its gradient is a sum. Measured with 8 heads of 256 × 256 on two threads, forward and
 * backward: 0.7 ms instead of 4.4 ms.
 *
 * @module
 */
import { expand, reshape, unsqueeze } from "../operators/movement.ts";
import { slice } from "../operators/slicing.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { EncodingContext } from "./position-encoding.ts";

/** Distances to ask for, and how their numbers become a matrix. */
export interface DistanceLayout {
  /** `query + key` distances, one of them not used. */
  readonly distances: readonly number[];
  /** `[heads, distances]` → `[heads, query, key]` */
  spread(numbers: Tensor): Tensor;
}

/** The layout, where positions are known and consecutive while the graph is built. */
export function distanceLayout({ queries, keys }: EncodingContext): DistanceLayout | undefined {
  if (!isConsecutive(queries.values) || !isConsecutive(keys.values)) return undefined;
  const [rows, columns] = [queries.values.length, keys.values.length];
  const first = queries.values[0]! - keys.values[0]!;
  // Entry (i, j) stands at slot (j − i) modulo the period, and has distance first + i − j.
  const period = rows + columns;
  const distances = Array.from({ length: period }, (_, slot) =>
    slot < columns ? first - slot : first + period - slot,
  );
  return {
    distances,
    spread(numbers) {
      const heads = numbers.shape[0]!;
      if (typeof heads !== "number") throw new RangeError("toeplitz: heads must be a number.");
      // Rows one shorter than the period: each begins one slot earlier than the row above.
      const repeated = expand(unsqueeze(numbers, 1), [heads, rows, period]);
      const flat = slice(reshape(repeated, [heads, rows * period]), 1, 0, rows * (period - 1));
      return slice(reshape(flat, [heads, rows, period - 1]), 2, 0, columns);
    },
  };
}

function isConsecutive(values: readonly number[] | undefined): values is readonly number[] {
  return (
    values !== undefined &&
    values.length > 0 &&
    values.every((value, index) => value === values[0]! + index)
  );
}
