/**
 * The variance of a difference that the samples of a task leave, whatever the seeds say.
 *
 * Seeds may agree exactly, above all at a share of 0 or 1, and an interval of width zero would claim what a
 * finite number of samples cannot show. Half a sample is added to each outcome.
 *
 * @module
 */
import { mean } from "../src/measures/estimate.ts";
import type { Run } from "../src/measures/estimate.ts";
import type { RankingMeasure } from "../src/measures/measure.ts";

/**
 * Variance of the mean of `a − b`; 0 on text, which is taken as given.
 *
 * @param paired whether both answered the same samples
 */
export function leastVariance(
  measure: RankingMeasure,
  a: readonly Run[],
  b: readonly Run[],
  paired: boolean,
): number {
  if (measure.uncertainty.items.kind === "text") return 0;
  // The tokens of one sample are not independent: a sample counts as one, and tokens are not paired.
  if (measure.id !== "exactMatch" && measure.id !== "exactText") return ofParts(a) + ofParts(b);
  const samples = (runs: readonly Run[]): number[] =>
    runs.flatMap(({ items }) => items["correct"]!);
  if (paired) return pairedVariance(samples(a), samples(b));
  return varianceOfShare(samples(a)) + varianceOfShare(samples(b));
}

function ofParts(runs: readonly Run[]): number {
  return varianceOf(
    mean(runs.map(({ value }) => value)),
    runs.reduce((sum, { count }) => sum + count, 0),
  );
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
