/**
 * Each encoding's variance between seeds, from its own few seeds and from those of all encodings.
 *
 * Three seeds determine a variance hardly at all. So variances are moderated (Smyth, Statistical Applications in
 * Genetics and Molecular Biology 3(1), 2004): each is a draw from a common distribution around what was expected,
 *
 *     σ² = k · expected · d₀ / χ²(d₀),    s² | σ² ~ σ² χ²(d) / d
 *
 * `expected` is what the measure declares (`measures/spread.ts`). The scale k and the precision d₀ have prior
 * distributions, and their joint posterior is computed on a grid from the s² of all encodings: with one seed nothing
 * is added to the prior, with many seeds nothing of it is left.
 *
 * Seeds are blocks: all encodings share first values and batches of a seed. What a seed adds to all of
 * them is removed first, weighted by the inverse of the expected variances, so that an encoding which varies
 * much does not spoil the residuals of the others.
 *
 * @module
 */
import { logGamma } from "./log-gamma.ts";

/** One encoding's values. */
export interface SeedValues {
  /** One for each seed. */
  readonly values: readonly number[];
  /** Variance between seeds that is expected before they are looked at; above 0. */
  readonly expected: number;
}

/** An observed variance: its degrees of freedom are not whole where blocks were removed. */
export interface ObservedVariance {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** Scale and precision, with the probability of each pair. */
export interface VarianceModel {
  readonly cells: readonly Cell[];
}

/** One pair. */
export interface Cell {
  readonly scale: number;
  readonly precision: number;
  readonly probability: number;
}

/** Observed variances, after the removal of blocks where `blocked`; none has degrees of freedom with one seed. */
export function observedVariances(
  units: readonly SeedValues[],
  blocked: boolean,
): ObservedVariance[] {
  const seeds = units[0]?.values.length ?? 0;
  if (seeds < 2) return units.map(() => ({ variance: 0, degreesOfFreedom: 0 }));
  const centred = units.map(({ values }) => {
    const center = values.reduce((a, b) => a + b, 0) / seeds;
    return values.map((value) => value - center);
  });
  const weights = units.map(({ expected }) => 1 / expected);
  const total = weights.reduce((a, b) => a + b, 0);
  const block = Array.from({ length: seeds }, (_, seed) =>
    blocked
      ? centred.reduce((sum, values, unit) => sum + (weights[unit]! / total) * values[seed]!, 0)
      : 0,
  );
  return centred.map((values, unit) => {
    const squares = values.reduce((sum, value, seed) => sum + (value - block[seed]!) ** 2, 0);
    // The share of a block that this encoding determines itself is lost to its residuals.
    const degreesOfFreedom = (seeds - 1) * (blocked ? 1 - weights[unit]! / total : 1);
    return degreesOfFreedom > 1e-9
      ? { variance: squares / degreesOfFreedom, degreesOfFreedom }
      : { variance: 0, degreesOfFreedom: 0 };
  });
}

/** Logarithms of the scale. Their prior is normal: a variance may be twice or half of what was measured before. */
const logScales = Array.from({ length: 33 }, (_, at) => (at - 16) * 0.35);
const logScaleDeviation = 0.7;

/**
 * Precisions and their prior. In `docs/results/text.json` the likelihood is highest from 4 to 10, without the encoding
 * whose table has rows that were never trained.
 */
const precisions = [
  [3, 0.15],
  [4, 0.2],
  [6, 0.25],
  [10, 0.2],
  [20, 0.1],
  [60, 0.1],
] as const;

/** The posterior distribution of scale and precision. */
export function varianceModel(
  units: readonly SeedValues[],
  observed: readonly ObservedVariance[],
): VarianceModel {
  const cells = logScales.flatMap((logScale) =>
    precisions.map(([precision, prior]) => {
      const scale = Math.exp(logScale);
      let log = Math.log(prior) - (logScale / logScaleDeviation) ** 2 / 2;
      units.forEach(({ expected }, unit) => {
        const { variance, degreesOfFreedom } = observed[unit]!;
        if (degreesOfFreedom > 0)
          log += logDensity(variance / (scale * expected), degreesOfFreedom, precision) - logScale;
      });
      return { scale, precision, log };
    }),
  );
  const highest = Math.max(...cells.map(({ log }) => log));
  const weights = cells.map(({ log }) => Math.exp(log - highest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return {
    cells: cells.map(({ scale, precision }, at) => ({
      scale,
      precision,
      probability: weights[at]! / sum,
    })),
  };
}

/** Logarithm of the density of F(d, d₀) at `ratio`. Two equal values have a ratio of 0, where it may be infinite. */
function logDensity(ratio: number, d: number, d0: number): number {
  const x = Math.max(1e-6, ratio);
  return (
    logGamma((d + d0) / 2) -
    logGamma(d / 2) -
    logGamma(d0 / 2) +
    (d / 2) * Math.log(d / d0) +
    (d / 2 - 1) * Math.log(x) -
    ((d + d0) / 2) * Math.log1p((d * x) / d0)
  );
}
