/**
 * The certainty of a share: how many of so many samples were answered right.
 *
 * Over seeds Student's t applies, with one exception. Seeds may agree exactly, above all at 0 or at 1,
 * and an interval of width zero would claim what a finite number of samples cannot show. So the standard
 * error is never below that of the samples alone, with half a sample added to each outcome.
 *
 * With one seed the items are the samples. Two encodings with the same seed answer the same samples, so a
 * difference comes from those that only one of them answers right; between two lengths there are no pairs.
 *
 * @module
 */
import { mean, meanOfSeeds, pairedSeeds } from "./estimate.ts";
import type { Estimate, Estimator, Run } from "./estimate.ts";

const explained = {
  seeds:
    "They are Student intervals over seeds, paired by seed: what the seeds share, the samples included, cancels. " +
    "Where seeds agree exactly, the interval is that of the samples alone, and never of width zero.",
  items: "They are computed over the samples, which are the same for all encodings.",
} as const;

/** The estimator of the share of ones in a column of zeros and ones. */
export function shareEstimator(column: string): Estimator {
  const samples = (runs: readonly Run[]): number[] => runs.flatMap(({ items }) => items[column]!);
  return estimatorOf({
    single: (runs) => varianceOfShare(samples(runs)),
    paired: (a, b) => pairedVariance(samples(a), samples(b)),
  });
}

/**
 * The estimator of a share of parts, such as tokens, where the parts of one item are not independent: an item
 * counts as one, and the items of two models are not paired.
 */
export function partsEstimator(): Estimator {
  const single = (runs: readonly Run[]): number =>
    varianceOf(
      mean(runs.map(({ value }) => value)),
      runs.reduce((sum, { count }) => sum + count, 0),
    );
  return estimatorOf({ single, paired: (a, b) => single(a) + single(b) });
}

/** Variances of means that the samples alone leave. */
interface Variances {
  readonly single: (runs: readonly Run[]) => number;
  readonly paired: (a: readonly Run[], b: readonly Run[]) => number;
}

function estimatorOf({ single, paired }: Variances): Estimator {
  const values = (runs: readonly Run[]): number[] => runs.map(({ value }) => value);
  const unpaired = (a: readonly Run[], b: readonly Run[]): number => single(a) + single(b);
  return {
    mean: (runs) => atLeast(meanOfSeeds(values(runs)), runs, single(runs)),
    difference: (a, b) => atLeast(pairedSeeds(values(a), values(b)), a, paired(a, b)),
    change: (a, b) => atLeast(pairedSeeds(values(a), values(b)), a, unpaired(a, b)),
    leastVariance: (a, b, same) => (same ? paired(a, b) : unpaired(a, b)),
    explained,
  };
}

/** An estimate over seeds whose error is at least that of its samples; with one seed, over the samples. */
function atLeast(seeds: Estimate, runs: readonly Run[], variance: number): Estimate {
  const ofSamples = Math.sqrt(variance);
  if (runs.length === 1)
    return {
      mean: seeds.mean,
      standardError: ofSamples,
      degreesOfFreedom: runs[0]!.count - 1,
    };
  return { ...seeds, standardError: Math.max(seeds.standardError, ofSamples) };
}

/** Variance of the share of ones. */
function varianceOfShare(samples: readonly number[]): number {
  return varianceOf(mean(samples), samples.length);
}

/** Variance of a share of `n` samples. */
function varianceOf(observed: number, n: number): number {
  const share = (observed * n + 0.5) / (n + 1);
  return (share * (1 - share)) / n;
}

/** Variance of the mean difference of pairs of zeros and ones. */
function pairedVariance(a: readonly number[], b: readonly number[]): number {
  const n = a.length;
  const only = (ours: readonly number[], theirs: readonly number[]): number =>
    (ours.filter((one, at) => one > theirs[at]!).length + 0.5) / (n + 1);
  const [ours, theirs] = [only(a, b), only(b, a)];
  return (ours + theirs - (ours - theirs) ** 2) / n;
}
