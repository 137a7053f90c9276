/**
 * Means and their intervals, over seeds and over text.
 *
 * Over seeds, trials are independent and Student's t applies as it stands.
 *
 * Over text, they are not: a window is like its neighbour (same chapter, same rare words), and an interval
 * that ignores this is too narrow. So neighbouring windows are pooled into at most 24 batches, and what
 * correlation r is left between a batch and the next widens the interval as in an AR(1) series, whose n
 * values are worth n (1 − r) / (1 + r) independent ones. r is measured, corrected for its bias in short
 * series (Kendall, Biometrika 41, 1954), and taken as 0 when negative, so this only ever widens.
 *
 * Bits per byte is a ratio of totals, not a mean of window means. Its error comes from each batch's
 * influence, (bits − ratio · bytes) / mean bytes, by which the batch pulls the ratio; the influence on a
 * difference is the difference of influences, which is where pairing enters.
 *
 * @module
 */
import type { Interval, WindowTotals } from "./results.ts";
import { studentQuantile } from "./student-t.ts";

/** More batches would correlate more; fewer would leave too few degrees of freedom. */
export const mostBatches = 24;

export interface Estimate {
  readonly mean: number;
  /** NaN when there was one sample. */
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

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

/** Mean of `a[seed] − b[seed]`: what the seeds share cancels. */
export function pairedSeeds(a: readonly number[], b: readonly number[]): Estimate {
  if (a.length !== b.length)
    throw new RangeError(
      `statistics: paired samples must match one to one, got ${a.length} and ${b.length}. ` +
        `Compare the same seeds.`,
    );
  return meanOfSeeds(a.map((x, i) => x - b[i]!));
}

/** Bits per byte of a text. */
export function meanOfText(windows: WindowTotals): Estimate {
  return estimate(influences(windows, batchCount(windows)));
}

/**
 * Bits per byte of `a` minus that of `b`, paired by place in the text. Windows may differ in length as long
 * as both cover the same text from end to end; batches then do too.
 */
export function pairedText(a: WindowTotals, b: WindowTotals): Estimate {
  const batches = Math.min(batchCount(a), batchCount(b));
  const left = influences(a, batches);
  const right = influences(b, batches);
  return estimate({
    mean: left.mean - right.mean,
    influence: left.influence.map((value, i) => value - right.influence[i]!),
  });
}

/** The interval around an estimate, or null when one sample leaves its error unknown. */
export function intervalOf(
  { mean, standardError, degreesOfFreedom }: Estimate,
  confidence = 0.95,
): Interval | null {
  if (!(degreesOfFreedom > 0) || !Number.isFinite(standardError)) return null;
  const half = studentQuantile(confidence, degreesOfFreedom) * standardError;
  return { low: mean - half, high: mean + half };
}

function batchCount({ bits }: WindowTotals): number {
  return Math.min(bits.length, mostBatches);
}

interface Influences {
  readonly mean: number;
  /** One number a batch, of mean zero: how far it pulls the ratio. */
  readonly influence: readonly number[];
}

function influences({ bits, bytes }: WindowTotals, batches: number): Influences {
  const bitTotals = batchTotals(bits, batches);
  const byteTotals = batchTotals(bytes, batches);
  const meanBytes = mean(byteTotals);
  const ratio = mean(bitTotals) / meanBytes;
  return {
    mean: ratio,
    influence: bitTotals.map((total, i) => (total - ratio * byteTotals[i]!) / meanBytes),
  };
}

/** Sums of `batches` runs of neighbours, as equal in count as they can be. */
function batchTotals(values: readonly number[], batches: number): number[] {
  const totals = new Array<number>(batches).fill(0);
  values.forEach((value, i) => (totals[Math.floor((i * batches) / values.length)]! += value));
  return totals;
}

function estimate({ mean, influence }: Influences): Estimate {
  const n = influence.length;
  const squares = sumOfSquares(influence);
  const r = n > 2 ? neighbourCorrelation(influence, squares) : 0;
  const worth = (n * (1 - r)) / (1 + r);
  return {
    mean,
    standardError: Math.sqrt(squares / (n - 1) / worth),
    // Correlated batches tell less about their own spread, too.
    degreesOfFreedom: n > 1 ? Math.max(1, worth - 1) : 0,
  };
}

/** Correlation of a batch with the next, at least 0 and at most 0.8. */
function neighbourCorrelation(influence: readonly number[], squares: number): number {
  if (squares === 0) return 0;
  let products = 0;
  for (let i = 1; i < influence.length; i++) products += influence[i]! * influence[i - 1]!;
  const raw = products / squares;
  const corrected = raw + (1 + 3 * raw) / influence.length;
  return Math.min(0.8, Math.max(0, corrected));
}

function sumOfSquares(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
