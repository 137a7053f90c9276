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

/** Positions below `rows²` have a table entry; a sequence of 65,536 is enough for now. */
const rows = 256;

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
 * Known positions become constants. For others, `p = 256·a + b` is looked up in two tables of 256
 * rows and joined by the addition theorem, so no angle is ever formed in float32, where a large
 * position would lose its fraction.
 */
export function anglesOf(
  positions: Positions,
  frequencies: readonly number[],
  phases: readonly number[] = frequencies.map(() => 0),
): Angles {
  const tables = (steps: readonly number[], from: readonly number[]): Angles => ({
    cosine: table(steps, frequencies, from, Math.cos),
    sine: table(steps, frequencies, from, Math.sin),
  });
  if (positions.values !== undefined) return tables(positions.values, phases);
  const high = divide(positions.tensor, rows);
  const low = subtract(positions.tensor, multiply(high, rows));
  const look = (index: Tensor, step: number, from: readonly number[]): Angles => {
    const { cosine, sine } = tables(
      Array.from({ length: rows }, (_, row) => row * step),
      from,
    );
    return { cosine: gather(cosine, index), sine: gather(sine, index) };
  };
  const none = frequencies.map(() => 0);
  const [a, b] = [look(high, rows, phases), look(low, 1, none)];
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

function table(
  positions: readonly number[],
  frequencies: readonly number[],
  phases: readonly number[],
  wave: (angle: number) => number,
): Tensor {
  const data = positions.flatMap((p) => frequencies.map((f, m) => wave(p * f + phases[m]!)));
  return constant([positions.length, frequencies.length], data);
}
