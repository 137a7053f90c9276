/**
 * Means and intervals of shares: how many of so many samples were answered right.
 *
 * Over seeds Student's t applies as it stands, but for one thing. Seeds may agree exactly, at 0 or at 1 above
 * all, and an interval of width zero would claim what a finite number of samples cannot show. So the standard
 * error is never below that of the samples alone, with half a sample added to each outcome.
 *
 * With one seed the samples are the samples. Two encodings with a seed answer the same ones, so a difference
 * comes from those that one alone answers right; between two lengths there are no pairs.
 *
 * @module
 */
import type { Estimate } from "./statistics.ts";
import { mean, meanOfSeeds, pairedSeeds } from "./statistics.ts";

/** What one model answered right: a share, and each sample. */
export interface Answered {
  readonly exactMatch: number;
  readonly correct: readonly number[];
}

/** Share of samples answered right, one entry a seed. */
export function meanOfShares(runs: readonly Answered[]): Estimate {
  const samples = runs.flatMap(({ correct }) => correct);
  return atLeast(meanOfSeeds(runs.map(({ exactMatch }) => exactMatch)), runs, varianceOf(samples));
}

/** `a − b`, paired by seed, and by sample within a seed. */
export function pairedShares(a: readonly Answered[], b: readonly Answered[]): Estimate {
  const [ours, theirs] = [a, b].map((runs) => runs.flatMap(({ correct }) => correct));
  return atLeast(difference(a, b), a, pairedVariance(ours!, theirs!));
}

/** `a − b`, paired by seed; the samples are not the same. */
export function unpairedShares(a: readonly Answered[], b: readonly Answered[]): Estimate {
  const [ours, theirs] = [a, b].map((runs) => varianceOf(runs.flatMap(({ correct }) => correct)));
  return atLeast(difference(a, b), a, ours! + theirs!);
}

/** Standard error of `a − b` on the same samples, from the samples alone. */
export function errorOfSamples(a: readonly Answered[], b: readonly Answered[]): number {
  const [ours, theirs] = [a, b].map((runs) => runs.flatMap(({ correct }) => correct));
  return Math.sqrt(pairedVariance(ours!, theirs!));
}

function difference(a: readonly Answered[], b: readonly Answered[]): Estimate {
  const shares = (runs: readonly Answered[]): number[] => runs.map(({ exactMatch }) => exactMatch);
  return pairedSeeds(shares(a), shares(b));
}

/** An estimate over seeds whose error is at least that of its samples; over samples where one seed is all. */
function atLeast(seeds: Estimate, runs: readonly Answered[], variance: number): Estimate {
  const ofSamples = Math.sqrt(variance);
  if (runs.length === 1)
    return {
      mean: seeds.mean,
      standardError: ofSamples,
      degreesOfFreedom: runs[0]!.correct.length - 1,
    };
  return { ...seeds, standardError: Math.max(seeds.standardError, ofSamples) };
}

/** Variance of the share of ones. */
function varianceOf(samples: readonly number[]): number {
  const n = samples.length;
  const share = (mean(samples) * n + 0.5) / (n + 1);
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
