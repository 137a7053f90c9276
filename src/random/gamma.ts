/**
 * Gamma and chi-squared numbers.
 *
 * Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM Transactions on Mathematical Software
 * 26(3), 2000. https://doi.org/10.1145/358407.358414
 *
 * @module
 */
import type { Random } from "./random.ts";

/**
 * A gamma number of scale 1.
 *
 * @throws {RangeError} unless shape > 0
 */
export function gamma(stream: Random, shape: number): number {
  if (!(shape > 0 && shape < Infinity))
    throw new RangeError(
      `gamma: the shape must be a positive number, got ${shape}. Pass half of the degrees of freedom.`,
    );
  if (shape < 1) return gamma(stream, shape + 1) * (1 - stream.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - stream.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/**
 * A chi-squared number.
 *
 * @throws {RangeError} unless degreesOfFreedom > 0
 */
export function chiSquared(stream: Random, degreesOfFreedom: number): number {
  return 2 * gamma(stream, degreesOfFreedom / 2);
}
