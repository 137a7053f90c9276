/**
 * Cosines and sines of position × frequency, from tables built in float64 and rounded once.
 *
 * @module
 */
import { add, divide, multiply, subtract } from "../operators/arithmetic.ts";
import { gather } from "../operators/indexing.ts";
import { unsqueeze } from "../operators/movement.ts";
import { constant } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Positions } from "./position-encoding.ts";

/** Positions below `rows²` have a table entry; a sequence of 65,536 is enough for now. */
const rows = 256;

/** Cosine and sine tables, float32 `[length, frequencies]`, or with a batch before. */
export interface Angles {
  readonly cosine: Tensor;
  readonly sine: Tensor;
}

/** `base^(−2m/width)` for m = 0 … width/2 − 1. */
export function geometricFrequencies(width: number, base: number): readonly number[] {
  return Array.from({ length: width / 2 }, (_, m) => base ** ((-2 * m) / width));
}

/**
 * Angles of every position and frequency.
 *
 * Known positions become constants. For others, `p = 256·a + b` is looked up in two tables of 256
 * rows and joined by the addition theorem, so no angle is ever formed in float32, where a large
 * position would lose its fraction.
 */
export function anglesOf(positions: Positions, frequencies: readonly number[]): Angles {
  if (positions.values !== undefined)
    return {
      cosine: table(positions.values, frequencies, Math.cos),
      sine: table(positions.values, frequencies, Math.sin),
    };
  const high = divide(positions.tensor, rows);
  const low = subtract(positions.tensor, multiply(high, rows));
  const look = (index: Tensor, step: number): Angles => {
    const steps = Array.from({ length: rows }, (_, row) => row * step);
    return {
      cosine: gather(table(steps, frequencies, Math.cos), index),
      sine: gather(table(steps, frequencies, Math.sin), index),
    };
  };
  const [a, b] = [look(high, rows), look(low, 1)];
  return {
    cosine: subtract(multiply(a.cosine, b.cosine), multiply(a.sine, b.sine)),
    sine: add(multiply(a.sine, b.cosine), multiply(a.cosine, b.sine)),
  };
}

/** Angles that broadcast to `[batch, heads, length, frequencies]`. */
export function headAngles(positions: Positions, frequencies: readonly number[]): Angles {
  const { cosine, sine } = anglesOf(positions, frequencies);
  if (positions.tensor.shape.length === 1) return { cosine, sine };
  return { cosine: unsqueeze(cosine, 1), sine: unsqueeze(sine, 1) };
}

function table(
  positions: readonly number[],
  frequencies: readonly number[],
  wave: (angle: number) => number,
): Tensor {
  const data = positions.flatMap((p) => frequencies.map((frequency) => wave(p * frequency)));
  return constant([positions.length, frequencies.length], data);
}
