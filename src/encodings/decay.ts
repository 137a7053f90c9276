/**
 * Exponentials of positions relative to a centre, from tables built in float64 and rounded once.
 *
 * @module
 */
import { add, divide, maximum, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { gather } from "../operators/indexing.ts";
import { constant } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Positions } from "./position-encoding.ts";

/** Exponents stay within ±80: float32 ends at e^88, and sums of products need room. */
export const mostExponent = 80;

/** Steps from −half · rows to half · rows − 1 have a table entry. */
const rows = 256;
const half = rows / 2;

/**
 * `e^((position − centre) · rate)` for each rate, `[length, rates]` or `[batch, length, rates]`.
 *
 * As with angles, `position − centre = 256·a + b` is looked up in two tables and joined by a product, so
 * the error is that of three roundings at any distance; 32,768 positions on either side of the centre
 * are told apart.
 */
export function decay(
  { tensor, values }: Positions,
  centre: Tensor | number,
  rates: readonly number[],
): Tensor {
  if (values !== undefined && typeof centre === "number")
    return table(
      values.map((position) => position - centre),
      rates,
    );
  const steps = add(subtract(tensor, centre), half * rows);
  const known = minimum(maximum(steps, 0), rows * rows - 1);
  const high = divide(known, rows);
  const low = subtract(known, multiply(high, rows));
  // The low part may add its share to the largest exponent.
  const room = rates.map((rate) => Math.min(mostExponent, (rows - 1) * Math.abs(rate)));
  const far = Array.from({ length: rows }, (_, row) => (row - half) * rows);
  const near = Array.from({ length: rows }, (_, row) => row);
  return multiply(gather(table(far, rates, room), high), gather(table(near, rates), low));
}

function table(
  steps: readonly number[],
  rates: readonly number[],
  room: readonly number[] = rates.map(() => 0),
): Tensor {
  const factors = steps.flatMap((step) =>
    rates.map((rate, m) => {
      const most = mostExponent - room[m]!;
      return Math.exp(Math.min(Math.max(step * rate, -most), most));
    }),
  );
  return constant([steps.length, rates.length], factors);
}
