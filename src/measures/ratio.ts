/**
 * The certainty of a ratio of totals over a text, such as bits per byte.
 *
 * Over seeds, trials are independent and Student's t applies.
 *
 * Over the windows of a text, it does not: a window is like its neighbour (same chapter, same rare words), and an
 * interval that ignores this is too narrow. So neighbouring windows are pooled into at most 24 batches, and what
 * correlation r is left between a batch and the next widens the interval as in an AR(1) series, whose n
 * values carry the information of n (1 − r) / (1 + r) independent ones. r is measured, corrected for its bias in short
 * series (Kendall, Biometrika 41, 1954), and taken as 0 when negative, so this only ever widens.
 *
 * The ratio is one of totals, not a mean of the windows' ratios. Its error comes from each batch's influence,
 * (upper − ratio · lower) / mean lower, by which the batch moves the ratio; the influence on a difference of two
 * ratios is the difference of their influences, which is where pairing enters.
 *
 * @module
 */
import { mean, meanOfSeeds, pairedSeeds, sumOfSquares } from "./estimate.ts";
import type { Estimate, Estimator, Run } from "./estimate.ts";

/** More batches would correlate more; fewer would leave too few degrees of freedom. */
export const mostBatches = 24;

/** Two columns of the same items; the ratio is the sum of the upper over the sum of the lower. */
export interface RatioItems {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
}

/** The estimator of `upper / lower`, two columns of windows in the order of the text. */
export function ratioEstimator(upper: string, lower: string): Estimator {
  const columns = ({ items }: Run): RatioItems => ({ upper: items[upper]!, lower: items[lower]! });
  const values = (runs: readonly Run[]): number[] => runs.map(({ value }) => value);
  const difference = (a: readonly Run[], b: readonly Run[]): Estimate =>
    a.length > 1
      ? pairedSeeds(values(a), values(b))
      : differenceOfRatios(columns(a[0]!), columns(b[0]!));
  return {
    mean: (runs) => (runs.length > 1 ? meanOfSeeds(values(runs)) : meanOfRatio(columns(runs[0]!))),
    difference,
    // Every length is judged on the same text.
    change: difference,
    leastVariance: () => 0,
    explained: {
      seeds:
        "They are Student intervals over seeds, paired by seed: what the seeds share cancels. The text is " +
        "taken as given.",
      items:
        `They are computed over paired windows of the text. Neighbouring windows resemble each other, so ` +
        `they are pooled into at most ${mostBatches} batches, and the correlation that remains between a ` +
        `batch and the next widens the interval.`,
    },
  };
}

/** The ratio over a text. */
export function meanOfRatio(items: RatioItems): Estimate {
  return estimate(influences(items, batchCount(items)));
}

/**
 * The ratio of `a` minus that of `b`, paired by place in the text. Windows may differ in length as long as both
 * cover the same text from end to end; batches then do too.
 */
export function differenceOfRatios(a: RatioItems, b: RatioItems): Estimate {
  const batches = Math.min(batchCount(a), batchCount(b));
  const left = influences(a, batches);
  const right = influences(b, batches);
  return estimate({
    mean: left.mean - right.mean,
    influence: left.influence.map((value, i) => value - right.influence[i]!),
  });
}

function batchCount({ upper }: RatioItems): number {
  return Math.min(upper.length, mostBatches);
}

interface Influences {
  readonly mean: number;
  /** One number a batch, of mean zero: how far it moves the ratio. */
  readonly influence: readonly number[];
}

function influences({ upper, lower }: RatioItems, batches: number): Influences {
  const above = batchTotals(upper, batches);
  const below = batchTotals(lower, batches);
  const meanBelow = mean(below);
  const ratio = mean(above) / meanBelow;
  return {
    mean: ratio,
    influence: above.map((total, i) => (total - ratio * below[i]!) / meanBelow),
  };
}

/** Sums of `batches` groups of neighbours, as equal in count as they can be. */
function batchTotals(values: readonly number[], batches: number): number[] {
  const totals = new Array<number>(batches).fill(0);
  values.forEach((value, i) => (totals[Math.floor((i * batches) / values.length)]! += value));
  return totals;
}

function estimate({ mean, influence }: Influences): Estimate {
  const n = influence.length;
  const squares = sumOfSquares(influence);
  const r = n > 2 ? neighbourCorrelation(influence, squares) : 0;
  const effective = (n * (1 - r)) / (1 + r); // as many independent batches
  return {
    mean,
    standardError: Math.sqrt(squares / (n - 1) / effective),
    // Correlated batches also determine their spread less precisely.
    degreesOfFreedom: n > 1 ? Math.max(1, effective - 1) : 0,
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
