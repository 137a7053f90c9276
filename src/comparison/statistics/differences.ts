/**
 * Differences of encodings at one place, and changes of encodings between lengths: what is paired with what.
 *
 * @module
 */
import type { Run } from "../../measures/estimate.ts";
import type { RankingMeasure } from "../../measures/measure.ts";
import { worseSign } from "../../measures/measure.ts";
import { itemCovariance } from "./item-covariance.ts";
import type { Contrast } from "./item-covariance.ts";
import type { Interval } from "./intervals.ts";
import { differentItem } from "./same-items.ts";
import { estimateTogether } from "./simultaneous.ts";
import type { Estimated, EstimateOptions, Family } from "./simultaneous.ts";
import type { SeedValues } from "./variances.ts";

/** One encoding at one place. */
export interface Entry {
  /** In the order of the seeds, which are the same for all entries. */
  readonly runs: readonly Run[];
  /** The same seeds at the train length; absent where they were not measured. */
  readonly before?: readonly Run[] | undefined;
  /** The length of the items, where entries have several. */
  readonly length?: number | undefined;
}

/** How an entry compares with the best. */
export interface Difference {
  /** The entry minus the best; 0 for the best itself. */
  readonly mean: number;
  /** 95 %, for this difference alone. An interval is null where one sample leaves its error unknown. */
  readonly interval: Interval | null;
  /** 95 % for a whole family of differences together; verdicts are read from this one. */
  readonly simultaneous: Interval | null;
  /** As `simultaneous`, for these trained models: other items, the same seeds. */
  readonly trained: Interval | null;
  /** In how many seeds the entry has the worse value. */
  readonly worseSeeds: number;
}

/** The entries of a place. */
export interface Differences {
  /** Which entry has the best mean; the first of several. */
  readonly best: number;
  readonly means: readonly { readonly value: number; readonly interval: Interval | null }[];
  readonly differences: readonly Difference[];
  /** Standard error of each difference, and what of its variance the items leave: more seeds do not lessen that. */
  readonly errors: readonly { readonly seeds: number; readonly items: number }[];
}

/** All pairs of entries: entry `of` minus entry `minus`, with the intervals of each family. */
export interface Pairs {
  readonly pairs: readonly Contrast[];
  /** What is compared in `seeds`: "blocks" for other seeds and other items, "given" for other items alone. */
  readonly estimate: (seeds: Family["seeds"], options?: EstimateOptions) => Estimated[];
}

/**
 * The differences of all pairs, in one family.
 *
 * @throws {RangeError} entries of different texts or numbers of samples, or of samples of different sizes
 */
export function allPairs(measure: RankingMeasure, entries: readonly Entry[]): Pairs {
  const pairs = entries.flatMap((_, of) =>
    entries.slice(0, of).map((_, minus): Contrast => [of, minus]),
  );
  const units = unitsOf(measure, entries);
  const items = itemCovariance(measure, entries, pairs);
  if (measure.uncertainty.items.kind === "samples") requireSameSamples(measure, entries);
  return {
    pairs,
    estimate: (seeds, options) =>
      estimateTogether({ units, contrasts: pairs, items, seeds }, options),
  };
}

/** Encodings are paired sample by sample within a seed. Stretches of a text are matched by their bytes instead. */
function requireSameSamples(measure: RankingMeasure, entries: readonly Entry[]): void {
  for (const { runs } of entries)
    runs.forEach(({ items }, seed) => {
      const different = differentItem(measure, items, entries[0]!.runs[seed]!.items);
      if (different !== undefined)
        throw new RangeError(
          `statistics: encodings with a seed must answer the same samples, and ${different}.`,
        );
    });
}

function unitsOf(measure: RankingMeasure, entries: readonly Entry[]): SeedValues[] {
  return entries.map(({ runs, before }) => {
    const value = meanOf(runs);
    const change = before ? value - meanOf(before) : 0;
    return {
      values: runs.map((run) => run.value),
      expected: atLeastTiny(measure.uncertainty.spread.level(value, change)),
    };
  });
}

/**
 * Compares entries with the best of them. The family is all pairs of entries, since the best was chosen by looking.
 *
 * @throws {RangeError} entries of different texts or numbers of samples
 */
export function differencesFromBest(
  measure: RankingMeasure,
  entries: readonly Entry[],
): Differences {
  const { range } = measure;
  const sign = worseSign(measure);
  const values = entries.map(({ runs }) => meanOf(runs));
  const best = values.reduce(
    (leader, value, at) => (sign * value < sign * values[leader]! ? at : leader),
    0,
  );
  const { pairs, estimate } = allPairs(measure, entries);
  const alone = ([of, minus]: Contrast): boolean => of === best || minus === best;
  const together = estimate("blocks", { alone });
  const trained = estimate("given", { alone: () => false });
  const single = entries.map((_, at): Contrast => [at]);
  const means = estimateTogether({
    units: unitsOf(measure, entries),
    contrasts: single,
    items: itemCovariance(measure, entries, single),
    seeds: "independent",
  });
  const placeOf = (at: number): number =>
    pairs.findIndex(([of, minus]) => of === Math.max(at, best) && minus === Math.min(at, best));
  const oriented = (at: number, interval: Interval | null | undefined): Interval | null =>
    interval ? possibleChange(at > best ? interval : negative(interval), range) : null;
  return {
    best,
    means: means.map(({ interval }, at) => ({
      value: values[at]!,
      interval: interval && within(interval, range),
    })),
    differences: entries.map(({ runs }, at) => {
      const place = placeOf(at);
      return {
        mean: values[at]! - values[best]!,
        interval: oriented(at, together[place]?.interval),
        simultaneous: oriented(at, together[place]?.simultaneous),
        trained: oriented(at, trained[place]?.simultaneous),
        worseSeeds: runs.filter(
          ({ value }, seed) => sign * value > sign * entries[best]!.runs[seed]!.value,
        ).length,
      };
    }),
    errors: entries.map((_, at) => {
      const place = placeOf(at);
      const all = (together[place]?.standardError ?? 0) ** 2;
      const items = (trained[place]?.standardError ?? 0) ** 2;
      return { seeds: Math.max(0, all - items), items };
    }),
  };
}

/** A change of one entry between two lengths: `worseSeeds` counts the seeds whose value became worse. */
export type Change = Difference;

/**
 * Changes from the train length. The family is all of them.
 *
 * @throws {RangeError} entries of different texts or numbers of samples
 */
export function changesTogether(
  measure: RankingMeasure,
  entries: readonly (Entry & { readonly before: readonly Run[] })[],
): Change[] {
  if (entries.length === 0) return [];
  const { spread } = measure.uncertainty;
  const sign = worseSign(measure);
  const values = entries.map(({ runs, before, length }) => ({ runs, minus: before, length }));
  const units = entries.map(({ runs, before }) => {
    const changes = runs.map(({ value }, seed) => value - before[seed]!.value);
    const mean = changes.reduce((a, b) => a + b, 0) / changes.length;
    return { values: changes, expected: atLeastTiny(spread.change(meanOf(runs), mean)) };
  });
  const contrasts = entries.map((_, at): Contrast => [at]);
  const items = itemCovariance(measure, values, contrasts);
  const family = { units, contrasts, items };
  const together = estimateTogether({ ...family, seeds: "independent" });
  const given = estimateTogether({ ...family, seeds: "given" });
  const possible = (interval: Interval | null): Interval | null =>
    interval && possibleChange(interval, measure.range);
  return together.map(({ mean, interval, simultaneous }, at) => ({
    mean,
    interval: possible(interval),
    simultaneous: possible(simultaneous),
    trained: possible(given[at]!.simultaneous),
    worseSeeds: units[at]!.values.filter((change) => sign * change > 0).length,
  }));
}

function meanOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { value }) => sum + value, 0) / runs.length;
}

/** Weights are inverse to variances, so none may be 0. */
function atLeastTiny(variance: number): number {
  return Math.max(variance, 1e-12);
}

function negative({ low, high }: Interval): Interval {
  return { low: -high, high: -low };
}

/** The part of an interval of a value that is possible. */
function within({ low, high }: Interval, [least, most]: readonly [number, number]): Interval {
  return { low: Math.max(least, low), high: Math.min(most, high) };
}

/** The part of an interval of a difference that is possible: two shares differ by 1 at most. */
function possibleChange(interval: Interval, [least, most]: readonly [number, number]): Interval {
  return within(interval, [least - most, most - least]);
}
