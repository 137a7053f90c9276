/**
 * Positions as cells of a grid, row by row: p is at row ⌊p / width⌋ and column p mod width.
 *
 * @module
 */
import { add, divide, multiply, subtract } from "../../operators/arithmetic.ts";
import { cast } from "../../operators/cast.ts";
import { reshape, transpose, unsqueeze } from "../../operators/movement.ts";
import { concat } from "../../operators/slicing.ts";
import { option } from "../../options/option.ts";
import type { Option } from "../../options/option.ts";
import { whole } from "../../options/value.ts";
import { sizeOf } from "../../tensor/dimension.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { EncodingContext, Positions } from "../position-encoding.ts";
import { furthestPosition } from "./limit.ts";

/** `query − key` along each axis, int32 `[query, key]`, or `[batch, 1, query, key]`. */
export interface GridDistances {
  readonly rows: Tensor;
  readonly columns: Tensor;
}

/** Positions along an axis of a grid, int32. */
interface Cells {
  readonly quotient: Tensor;
  readonly remainder: Tensor;
}

/** int32 positions of either sign divided by a whole number: the quotient rounded down, the remainder never negative. */
export function floorDivide(positions: Tensor, by: number): Cells {
  // Whole numbers are divided towards zero, so they are first moved to where none is negative.
  const moved = Math.ceil(furthestPosition / by);
  const shifted = add(positions, moved * by);
  const quotient = divide(shifted, by);
  return {
    quotient: subtract(quotient, moved),
    remainder: subtract(shifted, multiply(quotient, by)),
  };
}

/** Differences of cells; the grid begins at position `first`. */
export function gridDistances(
  { queries, keys }: EncodingContext,
  width: number,
  first = 0,
): GridDistances {
  const cells = ({ tensor }: Positions): Cells => floorDivide(subtract(tensor, first), width);
  const [query, key] = [cells(queries), cells(keys)];
  return {
    rows: pairwise(query.quotient, key.quotient, subtract),
    columns: pairwise(query.remainder, key.remainder, subtract),
  };
}

/** `join(a_i, b_j)` of vectors of queries and keys: `[query, key]`, or `[batch, 1, query, key]`. */
export function pairwise(a: Tensor, b: Tensor, join: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const batched = Math.max(a.shape.length, b.shape.length) > 1;
  const placed = (x: Tensor, axis: number): Tensor => {
    const vector = unsqueeze(x, axis);
    return batched && vector.shape.length === 3 ? unsqueeze(vector, 1) : vector;
  };
  return join(placed(a, -1), placed(b, -2));
}

/**
 * A bias of the differences of cells: `of` gives `[n, heads]` for float32 `[n, 2]`, rows and columns of n
 * pairs. The result is `[heads, query, key]`, or `[batch, heads, query, key]`.
 */
export function gridBias(
  context: EncodingContext,
  width: number,
  of: (differences: Tensor) => Tensor,
): Tensor {
  const { rows, columns } = gridDistances(context, width);
  const flat = [rows, columns].map((axis) =>
    reshape(cast(axis, "float32"), [sizeOf(axis.shape), 1]),
  );
  return headsFirst(of(concat(flat, 1)), rows);
}

/** `[pairs, heads]`, one row a pair of `like` → `[heads, query, key]`, or `[batch, heads, query, key]`. */
export function headsFirst(numbers: Tensor, like: Tensor): Tensor {
  const heads = numbers.shape.at(-1)!;
  const [query, key] = like.shape.slice(-2);
  if (like.shape.length === 2) return transpose(reshape(numbers, [query!, key!, heads]), [2, 0, 1]);
  return transpose(reshape(numbers, [like.shape[0]!, query!, key!, heads]), [0, 3, 1, 2]);
}

/** The option of encodings that have one axis or a grid. */
export const gridWidthOption: Option<number | undefined, number | undefined> = option(
  "Positions run through a grid of that many columns, row by row.",
  whole({ least: 1 }),
  { otherwise: "no grid, one axis" },
);
