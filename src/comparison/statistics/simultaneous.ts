/**
 * Intervals for several differences at once, from seeds and items together.
 *
 * The error of a difference has two parts: other seeds would have given other models, and other items other values. Both
 * are drawn many times: the variance of each encoding from its posterior (`variances.ts`), seeds' errors from normal
 * distributions of these variances, items' errors from a multivariate t distribution of their covariances. With the
 * largest |error| / standard error over all differences of each draw (max-t), the 95 % quantile c of the draws gives
 * intervals mean ± c · standard error that hold for all differences together with 95 %. They are about all pairs, so
 * they stay valid when the best is chosen by looking.
 *
 * Draws come from a stream with a constant name: the same results give the same intervals.
 *
 * @module
 */
import { chiSquared } from "../../random/gamma.ts";
import type { Random } from "../../random/random.ts";
import { random } from "../../random/random.ts";
import type { Interval } from "./intervals.ts";
import type { Contrast, ItemCovariance } from "./item-covariance.ts";
import { observedVariances, varianceModel } from "./variances.ts";
import type { ObservedVariance, SeedValues, VarianceModel } from "./variances.ts";

/** Values that are compared. */
export interface Family {
  readonly units: readonly SeedValues[];
  readonly contrasts: readonly Contrast[];
  readonly items: ItemCovariance;
  /** Which seeds are varied in the errors. "blocks": what a seed adds to all units cancels in the contrasts. */
  readonly seeds: "blocks" | "independent" | "given";
}

/** A difference with its intervals, null where its error is unknown. */
export interface Estimated {
  readonly mean: number;
  readonly standardError: number;
  /** 95 %, for this difference alone; null where it was not asked for. */
  readonly interval: Interval | null;
  /** 95 % for all contrasts of the family together. */
  readonly simultaneous: Interval | null;
}

/** How intervals are computed. */
export interface EstimateOptions {
  /** How many errors are drawn. Default 4,000: the quantile of 95 % is then within 1 % of its limit. */
  readonly draws?: number;
  /** Which contrasts get an interval for themselves alone. Default: all. */
  readonly alone?: (contrast: Contrast) => boolean;
}

/** The contrasts of a family with their intervals, in their order. */
export function estimateTogether(
  family: Family,
  { draws = 4000, alone = () => true }: EstimateOptions = {},
): Estimated[] {
  const { units, contrasts, items, seeds } = family;
  const count = units[0]?.values.length ?? 0;
  const means = units.map(({ values }) => values.reduce((a, b) => a + b, 0) / count);
  const meanOf = ([of, minus]: Contrast): number =>
    means[of]! - (minus === undefined ? 0 : means[minus]!);
  if (contrasts.length === 0) return [];
  if (!(items.degreesOfFreedom > 0) && (seeds === "given" || count < 2))
    return contrasts.map((contrast) => ({
      mean: meanOf(contrast),
      standardError: NaN,
      interval: null,
      simultaneous: null,
    }));
  const observed = observedVariances(units, seeds === "blocks");
  const model = seeds === "given" ? undefined : varianceModel(units, observed);
  const ofSeeds = units.map((unit, at) => (model ? meanVariance(unit, observed[at]!, model) : 0));
  const standardErrors = contrasts.map(([of, minus]) =>
    Math.sqrt(
      minus === undefined
        ? ofSeeds[of]! / count + items.matrix[of]![of]!
        : (ofSeeds[of]! + ofSeeds[minus]!) / count +
            Math.max(
              0,
              items.matrix[of]![of]! + items.matrix[minus]![minus]! - 2 * items.matrix[of]![minus]!,
            ),
    ),
  );
  const errors = errorsOf(family, model, observed, draws);
  const largest = new Float64Array(draws);
  const single = contrasts.map((contrast, at) => {
    const [of, minus] = contrast;
    const own = new Float64Array(draws);
    const ours = errors[of]!;
    const theirs = minus === undefined ? undefined : errors[minus]!;
    // A difference without error is one of equal items: it is certain.
    const inverse = standardErrors[at]! > 0 ? 1 / standardErrors[at]! : 0;
    for (let draw = 0; draw < draws; draw++) {
      const error = Math.abs(theirs ? ours[draw]! - theirs[draw]! : ours[draw]!);
      own[draw] = error;
      const ratio = error * inverse;
      if (ratio > largest[draw]!) largest[draw] = ratio;
    }
    return alone(contrast) ? quantile(own) : undefined;
  });
  const critical = quantile(largest);
  return contrasts.map((contrast, at) => {
    const mean = meanOf(contrast);
    const standardError = standardErrors[at]!;
    const around = (half: number): Interval => ({ low: mean - half, high: mean + half });
    const own = single[at];
    return {
      mean,
      standardError,
      interval: own === undefined ? null : around(own),
      // For one difference the two agree but for the noise of their draws.
      simultaneous: around(Math.max(own ?? 0, critical * standardError)),
    };
  });
}

/** The posterior mean of what the variance is, given its own seeds and those of the others. */
function meanVariance(
  { expected }: SeedValues,
  { variance, degreesOfFreedom }: ObservedVariance,
  { cells }: VarianceModel,
): number {
  return cells.reduce(
    (sum, { scale, precision, probability }) =>
      sum +
      (probability * (precision * scale * expected + degreesOfFreedom * variance)) /
        (precision + degreesOfFreedom),
    0,
  );
}

/** Errors of each unit's mean: [unit][draw]. */
function errorsOf(
  { units, items }: Family,
  model: VarianceModel | undefined,
  observed: readonly ObservedVariance[],
  draws: number,
): Float64Array[] {
  const stream = random(0, "comparison", "intervals");
  const count = units[0]!.values.length;
  const factor = cholesky(items.matrix);
  const errors = units.map(() => new Float64Array(draws));
  const normals = new Float64Array(units.length);
  const hasItems = items.degreesOfFreedom > 0;
  for (let draw = 0; draw < draws; draw++) {
    if (hasItems) {
      const tail = Math.sqrt(items.degreesOfFreedom / chiSquared(stream, items.degreesOfFreedom));
      for (let unit = 0; unit < units.length; unit++) normals[unit] = tail * stream.normal();
      factor.forEach((row, unit) => {
        let sum = 0;
        for (let k = 0; k <= unit; k++) sum += row[k]! * normals[k]!;
        errors[unit]![draw] = sum;
      });
    }
    if (model === undefined) continue;
    const { scale, precision } = cellOf(model, stream);
    units.forEach(({ expected }, unit) => {
      const { variance, degreesOfFreedom } = observed[unit]!;
      const drawn =
        (precision * scale * expected + degreesOfFreedom * variance) /
        chiSquared(stream, precision + degreesOfFreedom);
      errors[unit]![draw]! += Math.sqrt(drawn / count) * stream.normal();
    });
  }
  return errors;
}

function cellOf({ cells }: VarianceModel, stream: Random): VarianceModel["cells"][number] {
  let left = stream.uniform();
  for (const cell of cells) if ((left -= cell.probability) < 0) return cell;
  return cells[cells.length - 1]!;
}

/** L with L Lᵀ = matrix; a column whose pivot vanishes is zero, since covariances of equal values are singular. */
function cholesky(matrix: readonly Float64Array[]): Float64Array[] {
  const factor = matrix.map(() => new Float64Array(matrix.length));
  const most = Math.max(0, ...matrix.map((row, i) => row[i]!));
  for (let j = 0; j < matrix.length; j++) {
    let pivot = matrix[j]![j]!;
    for (let k = 0; k < j; k++) pivot -= factor[j]![k]! ** 2;
    if (!(pivot > 1e-12 * most)) continue;
    const root = Math.sqrt(pivot);
    factor[j]![j] = root;
    for (let i = j + 1; i < matrix.length; i++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= factor[i]![k]! * factor[j]![k]!;
      factor[i]![j] = sum / root;
    }
  }
  return factor;
}

/** The value below which 95 % lie. Sorts its argument. */
function quantile(values: Float64Array): number {
  return values.sort()[Math.ceil(0.95 * values.length) - 1]!;
}
