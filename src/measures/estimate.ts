/**
 * A mean with its standard error, and what computes one for a measure.
 *
 * @module
 */
import type { Items } from "./items.ts";

/** A mean and how certain it is. */
export interface Estimate {
  readonly mean: number;
  /** NaN when there was one sample. */
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/** What one model, of one seed, reached at one place. */
export interface Run {
  /** The value of the measure. */
  readonly value: number;
  /** What each item contributed. */
  readonly items: Items;
  /** How many items there were. */
  readonly count: number;
}

/**
 * How certain a measure's means and differences are. Runs of one encoding come in the order of the seeds. With
 * two seeds or more the samples are seeds; with one seed they are the items.
 */
export interface Estimator {
  /** The mean of one encoding. */
  readonly mean: (runs: readonly Run[]) => Estimate;
  /** `a − b` of two encodings at one length: the same seeds, and the same items of each seed. */
  readonly difference: (a: readonly Run[], b: readonly Run[]) => Estimate;
  /** `a − b` of one encoding at two lengths. */
  readonly change: (a: readonly Run[], b: readonly Run[]) => Estimate;
  /**
   * Variance of `a − b` that the items alone leave, whatever the seeds say; 0 where the items are taken as given.
   *
   * @param paired whether both answered the same items
   */
  readonly leastVariance: (a: readonly Run[], b: readonly Run[], paired: boolean) => number;
  /** How intervals are computed, for the report: over several seeds, and with one seed. */
  readonly explained: { readonly seeds: string; readonly items: string };
}

/** The mean of some numbers; NaN of none. */
export function mean(samples: readonly number[]): number {
  let sum = 0;
  for (const sample of samples) sum += sample;
  return sum / samples.length;
}

/** Mean of independent samples: one number a seed. */
export function meanOfSeeds(samples: readonly number[]): Estimate {
  const center = mean(samples);
  const n = samples.length;
  return {
    mean: center,
    standardError: Math.sqrt(sumOfSquares(samples.map((x) => x - center)) / (n - 1) / n),
    degreesOfFreedom: n - 1,
  };
}

/**
 * Mean of `a[seed] − b[seed]`: what the seeds share cancels.
 *
 * @throws {RangeError} the two have different numbers of seeds
 */
export function pairedSeeds(a: readonly number[], b: readonly number[]): Estimate {
  if (a.length !== b.length)
    throw new RangeError(
      `statistics: paired samples must match one to one, got ${a.length} and ${b.length}. ` +
        `Compare the same seeds.`,
    );
  return meanOfSeeds(a.map((x, i) => x - b[i]!));
}

/** The sum of the squares of some numbers. */
export function sumOfSquares(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
