/**
 * A mean over seeds with its standard error, and what one model reached.
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

function sumOfSquares(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
