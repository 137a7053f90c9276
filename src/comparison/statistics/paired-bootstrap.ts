/**
 * Paired bootstrap: how certain the difference of two models is, from the items that both were judged on.
 *
 * Koehn, "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004.
 * https://aclanthology.org/W04-3250
 *
 * As many items as there are, drawn with replacement, are a resample; both models are judged on the same resamples, each value
 * from the totals of its items. The interval lies between quantiles of the resampled differences. p is the share of
 * resamples whose difference d* is as far from the mean of all d* as the difference itself is from 0:
 *
 *     p = (1 + #{ |d* − mean d*| ≥ |d| }) / (1 + resamples)
 *
 * Differs:    sacreBLEU 2.6 counts |d*| − mean |d*| > |d|, which asks about sizes without their signs, and draws other
 *             random numbers. Here p is two-sided, and 1 where both models are equal.
 *
 * The interval is for these two trained models and other items: what other seeds of training would add is not in it.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../../errors.ts";
import type { NamesOf } from "../../errors.ts";
import { inSentence } from "../../format.ts";
import type { Items } from "../../measures/items.ts";
import { valueOf } from "../../measures/measure.ts";
import type { Measure } from "../../measures/measure.ts";
import { random } from "../../random/random.ts";
import type { Interval } from "./intervals.ts";
import { differentItem } from "./same-items.ts";

/** Choices of the bootstrap. */
export interface BootstrapOptions {
  /** Default 1000. */
  readonly resamples?: number;
  /** Default 0. */
  readonly seed?: number;
  /** The share of resampled differences within the interval. Default 0.95. */
  readonly confidence?: number;
}

const names: NamesOf<BootstrapOptions> = { resamples: true, seed: true, confidence: true };

/** Two models on the same items. */
export interface PairedDifference {
  readonly a: number;
  readonly b: number;
  /** a minus b. */
  readonly difference: number;
  readonly interval: Interval;
  /** How often a difference as large as this arises by the choice of items alone; at least 1 / (resamples + 1). */
  readonly p: number;
}

/**
 * The difference of two models in a measure.
 *
 * @param a what each item contributed with one model
 * @param b what the same items, in the same order, contributed with the other
 * @throws {InputError} the two have different numbers of items or none, items of different sizes, or a value that is not
 *   finite; or a choice cannot be
 * @throws {RangeError} a column of the measure is missing
 */
export function pairedBootstrap(
  measure: Measure,
  a: Items,
  b: Items,
  options: BootstrapOptions = {},
): PairedDifference {
  refuseUnknownNames("pairedBootstrap", options, names, (message) => new InputError(message));
  const { resamples = 1000, seed = 0, confidence = 0.95 } = options;
  if (!Number.isSafeInteger(resamples) || resamples < 1)
    throw new InputError(`the bootstrap needs a whole number of resamples, got ${resamples}.`);
  if (!(confidence > 0 && confidence < 1))
    throw new InputError(`the confidence of an interval lies between 0 and 1, got ${confidence}.`);
  const values = { a: valueOf(measure, a), b: valueOf(measure, b) };
  const columns = Object.keys(measure.contributes);
  const counts = [a, b].flatMap((items) => columns.map((column) => items[column]!.length));
  const count = counts[0]!;
  if (count === 0 || counts.some((other) => other !== count))
    throw new InputError(
      `the bootstrap needs the same items for both models, got ${[...new Set(counts)].join(" and ")} of them. ` +
        `Judge both on the same test set.`,
    );
  const different = differentItem(measure, a, b);
  if (different !== undefined)
    throw new InputError(
      `the bootstrap needs the same items for both models in the same order: ${different}. ` +
        `Judge both on the same test set.`,
    );
  for (const [model, value] of Object.entries(values))
    if (!Number.isFinite(value))
      throw new InputError(
        `the bootstrap needs numbers: ${inSentence(measure.printed.name)} of model ${model} is ${value}, ` +
          `because an item has a number that is not finite. Leave out a model that diverged.`,
      );

  const draw = random(seed, "paired bootstrap");
  const differences = new Float64Array(resamples);
  const times = new Float64Array(count);
  const resampled = (items: Items): number =>
    measure.value(
      Object.fromEntries(columns.map((column) => [column, weightedSum(items[column]!, times)])),
      count,
    );
  for (let at = 0; at < resamples; at++) {
    times.fill(0);
    for (let drawn = 0; drawn < count; drawn++) times[draw.integer(count)]!++;
    differences[at] = resampled(a) - resampled(b);
  }

  const difference = values.a - values.b;
  const mean = differences.reduce((sum, each) => sum + each, 0) / resamples;
  const asFar = differences.filter((each) => Math.abs(each - mean) >= Math.abs(difference)).length;
  const sorted = differences.sort();
  const outside = Math.floor(((1 - confidence) / 2) * resamples);
  return {
    ...values,
    difference,
    interval: { low: sorted[outside]!, high: sorted[resamples - 1 - outside]! },
    p: (1 + asFar) / (1 + resamples),
  };
}

/** The sum of an item's numbers, each as often as it was drawn. An item that was not drawn adds nothing, not even NaN. */
function weightedSum(numbers: readonly number[], times: Float64Array): number {
  let sum = 0;
  for (let item = 0; item < numbers.length; item++)
    if (times[item]! > 0) sum += times[item]! * numbers[item]!;
  return sum;
}
