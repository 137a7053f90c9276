/**
 * Cosines and sines of position × frequency, from tables built in float64 and rounded once.
 *
 * @module
 */
import { add, divide, multiply, subtract } from "../../operators/arithmetic.ts";
import { gather } from "../../operators/indexing.ts";
import { unsqueeze } from "../../operators/movement.ts";
import { option } from "../../options/option.ts";
import type { Option } from "../../options/option.ts";
import { number } from "../../options/value.ts";
import { constant } from "../../operators/source.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Positions } from "../position-encoding.ts";
import { furthestPosition } from "./limit.ts";

/** Cosine and sine tables, float32 `[length, frequencies]`, or with a batch before. */
export interface Angles {
  readonly cosine: Tensor;
  readonly sine: Tensor;
}

/** The base of the frequencies. */
export const baseOption: Option<number, number | undefined> = option(
  "Base of the frequencies.",
  number({ above: 1 }),
  { default: 10000 },
);

/** `base^(−2m/width)` for m = 0 … width/2 − 1. */
export function geometricFrequencies(width: number, base: number): readonly number[] {
  return Array.from({ length: width / 2 }, (_, m) => base ** ((-2 * m) / width));
}

/**
 * Angles of every position and frequency, `position · frequency + phase`; phases are 0 unless given.
 *
 * Known positions become constants, rounded once. Others are looked up, see `angleTables`.
 */
export function anglesOf(
  { tensor, values }: Positions,
  frequencies: readonly number[],
  phases: readonly number[] = frequencies.map(() => 0),
): Angles {
  return values === undefined
    ? angleTables(frequencies, phases)(tensor)
    : tablesOf(values, frequencies, phases);
}

/**
 * Makes tables once, and then looks up the angles of int32 positions `[...]` that are known only at run time.
 *
 * A position from −2²⁴ to 2²⁴ is `65536 a + 256 b + c` with `−128 ≤ b < 128` and `0 ≤ c < 256`. Each part has a table
 * made in float64, and the addition theorem joins the three: no angle is formed in float32, where a large position
 * would lose its fraction. Cosines and sines differ from float64's by less than 3e-7 (test/encodings/angles.test.ts).
 * Positions farther out are refused before they reach a graph, see model/positions.ts.
 */
export function angleTables(
  frequencies: readonly number[],
  phases: readonly number[] = frequencies.map(() => 0),
): (positions: Tensor) => Angles {
  const none = frequencies.map(() => 0);
  const rowsOf = (first: number, last: number, step: number, from: readonly number[]): Angles =>
    tablesOf(
      Array.from({ length: last - first + 1 }, (_, row) => (first + row) * step),
      frequencies,
      from,
    );
  const most = furthestPosition / 65536;
  const [high, middle, low] = [
    rowsOf(-most, most, 65536, none),
    rowsOf(-128, 127, 256, phases),
    rowsOf(0, 255, 1, none),
  ];
  return (positions) => {
    // Shifted so that no part is negative: whole numbers are divided towards zero.
    const shifted = add(positions, furthestPosition + 32768);
    const a = divide(shifted, 65536);
    const rest = subtract(shifted, multiply(a, 65536));
    const b = divide(rest, 256);
    const c = subtract(rest, multiply(b, 256));
    return joined(joined(rowsAt(high, a), rowsAt(middle, b)), rowsAt(low, c));
  };
}

function rowsAt({ cosine, sine }: Angles, index: Tensor): Angles {
  return { cosine: gather(cosine, index), sine: gather(sine, index) };
}

/** Cosine and sine of the sum of two angles. */
function joined(a: Angles, b: Angles): Angles {
  return {
    cosine: subtract(multiply(a.cosine, b.cosine), multiply(a.sine, b.sine)),
    sine: add(multiply(a.sine, b.cosine), multiply(a.cosine, b.sine)),
  };
}

/** Angles that broadcast to `[batch, heads, length, frequencies]`. */
export function headAngles(
  positions: Positions,
  frequencies: readonly number[],
  phases?: readonly number[],
): Angles {
  const { cosine, sine } = anglesOf(positions, frequencies, phases);
  return { cosine: overHeads(cosine), sine: overHeads(sine) };
}

/** Numbers of each position, `[length, n]` or `[batch, length, n]`, beside vectors of heads. */
export function overHeads(numbers: Tensor): Tensor {
  return numbers.shape.length === 2 ? numbers : unsqueeze(numbers, 1);
}

/** Angles of numbers known while the graph is built, `[positions, frequencies]`, rounded once from float64. */
function tablesOf(
  positions: readonly number[],
  frequencies: readonly number[],
  phases: readonly number[],
): Angles {
  const table = (wave: (angle: number) => number): Tensor =>
    constant(
      [positions.length, frequencies.length],
      positions.flatMap((p) => frequencies.map((f, m) => wave(p * f + phases[m]!))),
    );
  return { cosine: table(Math.cos), sine: table(Math.sin) };
}
