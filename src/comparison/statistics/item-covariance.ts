/**
 * How much of the differences between values the choice of items explains: their covariances.
 *
 * Text: every encoding, seed and length is judged on the same stretches, so a difference comes from the differences of
 * their influences stretch by stretch, and averaging over seeds does not make the text longer. A stretch is like
 * its neighbour (same chapter, same rare words): the correlation r of neighbours, corrected for its bias in short
 * series (Kendall, Biometrika 41, 1954), widens intervals as in an AR(1) series, whose n values carry the
 * information of n (1 − r) / (1 + r) independent ones. r is the mean over all differences. One below its own
 * standard error, 1/√n, counts as 0, and so does a negative one.
 *
 * Pairs of texts: every encoding and seed answers the same pairs at a length, so a difference comes from the differences of
 * their influences pair by pair, averaged over seeds. Other lengths have other pairs. Pairs are independent of one another.
 *
 * Samples: encodings with the same seed answer the same samples at a length; other seeds and other lengths have
 * other samples.
 *
 * @module
 */
import type { Run } from "../../measures/estimate.ts";
import type { RankingMeasure } from "../../measures/measure.ts";
import { influences } from "./influence.ts";
import { commonStretches } from "./stretches.ts";

/** A value: the mean over seeds of some runs, minus that of others where it is a change. */
export interface Compared {
  /** In the order of the seeds. */
  readonly runs: readonly Run[];
  /** The same seeds at the length that is subtracted. */
  readonly minus?: readonly Run[];
  /** Of the items of `runs`: at another length are other items. */
  readonly length?: number | undefined;
}

/** Two of the values, or one alone. */
export type Contrast = readonly [of: number, minus?: number];

/** Covariances of values. */
export interface ItemCovariance {
  /** [value, value] */
  readonly matrix: readonly Float64Array[];
  readonly degreesOfFreedom: number;
}

/**
 * The covariances that items leave.
 *
 * @param contrasts the differences whose neighbouring stretches are correlated
 * @throws {RangeError} evaluations of different texts, or of different numbers of samples or pairs
 */
export function itemCovariance(
  measure: RankingMeasure,
  values: readonly Compared[],
  contrasts: readonly Contrast[],
): ItemCovariance {
  const { items } = measure.uncertainty;
  switch (items.kind) {
    case "text":
      return overText(measure, items.size, values, contrasts);
    case "pairs":
      return overPairs(measure, values);
    case "samples":
      return overSamples(measure, values);
  }
}

function overText(
  measure: RankingMeasure,
  size: string,
  values: readonly Compared[],
  contrasts: readonly Contrast[],
): ItemCovariance {
  const all = values.flatMap(({ runs, minus = [] }) => [...runs, ...minus]);
  const ends = commonStretches(all.map(({ items }) => items[size]!));
  const count = ends[0]!.length;
  let at = 0;
  const meanOf = (runs: readonly Run[]): number[] => {
    const sums = new Array<number>(count).fill(0);
    for (const { items } of runs)
      influences(measure, items, ends[at++]!).forEach((one, k) => (sums[k]! += one / runs.length));
    return sums;
  };
  const series = values.map(({ runs, minus }) => {
    const own = meanOf(runs);
    const before = minus && meanOf(minus);
    return before ? own.map((one, k) => one - before[k]!) : own;
  });
  const r = meanCorrelation(series, contrasts);
  const effective = (count * (1 - r)) / (1 + r);
  const factor = count > 1 ? (count / (count - 1)) * (count / effective) : 1;
  return {
    matrix: products(series, factor),
    // Correlated stretches also determine their spread less precisely.
    degreesOfFreedom: count > 1 ? Math.max(1, effective - 1) : 0,
  };
}

/** Mean correlation of neighbours over the contrasts, at most 0.8; 0 below its standard error. */
function meanCorrelation(
  series: readonly (readonly number[])[],
  contrasts: readonly Contrast[],
): number {
  const found = contrasts.flatMap(([of, minus]) => {
    const one = series[of]!.map(
      (value, k) => value - (minus === undefined ? 0 : series[minus]![k]!),
    );
    const r = neighbourCorrelation(one);
    return r === undefined ? [] : [r];
  });
  if (found.length === 0) return 0;
  const mean = found.reduce((a, b) => a + b, 0) / found.length;
  return mean < 1 / Math.sqrt(series[0]!.length) ? 0 : Math.min(0.8, mean);
}

function neighbourCorrelation(series: readonly number[]): number | undefined {
  let squares = 0;
  let products = 0;
  series.forEach((value, k) => {
    squares += value * value;
    if (k > 0) products += value * series[k - 1]!;
  });
  if (series.length < 3 || squares === 0) return undefined;
  const raw = products / squares;
  return raw + (1 + 3 * raw) / series.length;
}

function overSamples(measure: RankingMeasure, values: readonly Compared[]): ItemCovariance {
  const of = ({ items, count }: Run): number[] => influences(measure, items, ends(count));
  const blocks = values.map(({ runs, minus = [] }) => ({
    runs: runs.map(of),
    minus: minus.map((run) => of(run).map((one) => -one)),
  }));
  const [first] = values;
  const counts = new Set(
    values.flatMap(({ runs, minus = [] }) => [...runs, ...minus].map((run) => run.count)),
  );
  if (counts.size > 1)
    throw new RangeError(
      `statistics: runs that are compared must answer the same samples, got ${[...counts].join(" and ")} of them.`,
    );
  const [count = 0] = counts;
  const seeds = first?.runs.length ?? 0;
  // One row of samples a seed; those at the length that is subtracted are others.
  const series = blocks.map(({ runs, minus }) =>
    [...runs, ...minus].flat().map((one) => one / seeds),
  );
  const matrix = products(series, count > 1 ? count / (count - 1) : 1);
  // Agreement of all samples does not show that no other sample would differ: half a sample is added to each outcome.
  const floor = measure.uncertainty.floor?.(count) ?? 0;
  values.forEach(({ minus }, at) => {
    matrix[at]![at]! += (floor / seeds) * (minus ? 2 : 1);
  });
  return { matrix, degreesOfFreedom: count > 1 ? seeds * (count - 1) : 0 };
}

function overPairs(measure: RankingMeasure, values: readonly Compared[]): ItemCovariance {
  const { floor } = measure.uncertainty;
  const matrix = values.map(() => new Float64Array(values.length));
  const counts = setsOfPairs(values).map((set) => {
    const count = commonCount(set.map(({ runs }) => runs));
    const series = set.map(({ runs }) => meanInfluences(measure, runs, count));
    products(series, count > 1 ? count / (count - 1) : 1).forEach((row, i) =>
      row.forEach((product, j) => (matrix[set[i]!.at]![set[j]!.at]! += product)),
    );
    for (const { at } of set) matrix[at]![at]! += floor?.(count) ?? 0;
    return count;
  });
  return { matrix, degreesOfFreedom: Math.max(0, Math.min(...counts) - 1) };
}

/** Runs of a value, by its place among the values. */
interface RunsAt {
  readonly at: number;
  readonly runs: readonly Run[];
}

/** Those that answered the same pairs: of one length, and those that are subtracted. */
function setsOfPairs(values: readonly Compared[]): readonly (readonly RunsAt[])[] {
  const byLength = new Map<number | undefined, RunsAt[]>();
  values.forEach(({ runs, length }, at) => {
    byLength.set(length, [...(byLength.get(length) ?? []), { at, runs }]);
  });
  const subtracted = values.flatMap(({ minus }, at) => (minus ? [{ at, runs: minus }] : []));
  return subtracted.length > 0 ? [...byLength.values(), subtracted] : [...byLength.values()];
}

function meanInfluences(measure: RankingMeasure, runs: readonly Run[], count: number): number[] {
  const sums = new Array<number>(count).fill(0);
  for (const { items } of runs)
    influences(measure, items, ends(count)).forEach((one, k) => (sums[k]! += one / runs.length));
  return sums;
}

/** The end of each item that is a group of its own. */
function ends(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

/** How many pairs all runs answered; 0 where there are none. */
function commonCount(values: readonly (readonly Run[])[]): number {
  const counts = new Set(values.flatMap((runs) => runs.map(({ count }) => count)));
  if (counts.size > 1)
    throw new RangeError(
      `statistics: runs that are compared must answer the same pairs, got ${[...counts].join(" and ")} of them.`,
    );
  const [count = 0] = counts;
  return count;
}

function products(series: readonly (readonly number[])[], factor: number): Float64Array[] {
  const matrix = series.map(() => new Float64Array(series.length));
  series.forEach((one, i) => {
    for (let j = 0; j <= i; j++) {
      const other = series[j]!;
      let sum = 0;
      for (let k = 0; k < Math.min(one.length, other.length); k++) sum += one[k]! * other[k]!;
      matrix[i]![j] = matrix[j]![i] = sum * factor;
    }
  });
  return matrix;
}
