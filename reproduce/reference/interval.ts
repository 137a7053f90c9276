/**
 * How certain the value of one model is: a bootstrap over the texts that were judged.
 *
 * @module
 */
import type { Interval } from "../../src/comparison/statistics/intervals.ts";
import type { Items } from "../../src/measures/items.ts";
import { valueOf } from "../../src/measures/measure.ts";
import type { Measure } from "../../src/measures/measure.ts";
import { random } from "../../src/random/random.ts";

const resamples = 1000;
/** Resamples that lie outside at each end, so that 95 % lie within. */
const outside = 25;

/**
 * The 95 % interval of a measure's value for other texts of the same kind, written by the same model: as many texts as there are
 * are drawn with replacement, 1,000 times, each value from the totals of its texts. What another seed of training would give is not in it.
 */
export function bootstrapInterval(measure: Measure, items: Items): Interval {
  const columns = Object.keys(measure.contributes);
  const count = items[columns[0]!]!.length;
  const draw = random(0, "bootstrap");
  const values = Array.from({ length: resamples }, () => {
    const chosen = Array.from({ length: count }, () => draw.integer(count));
    const drawn = columns.map(
      (column) => [column, chosen.map((at) => items[column]![at]!)] as const,
    );
    return valueOf(measure, Object.fromEntries(drawn));
  }).sort((a, b) => a - b);
  return { low: values[outside]!, high: values[resamples - 1 - outside]! };
}
