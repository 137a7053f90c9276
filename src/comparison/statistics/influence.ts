/**
 * How far each group of items moves the value of a measure: the jackknife.
 *
 *     influence of g = (G − 1) / G · (value − value without g), centred,   G groups
 *
 * The sum of their squares times G / (G − 1) is the variance that the choice of items leaves (Efron and Stein,
 * Annals of Statistics 9, 1981). Two values over the same items are paired by the differences of their influences. It
 * needs no formula of the measure's own: a ratio of totals, a share and a corpus BLEU are treated alike.
 *
 * @module
 */
import type { Items } from "../../measures/items.ts";
import type { Measure } from "../../measures/measure.ts";

/**
 * One number a group, with sum zero; zeros where there is one group.
 *
 * @param ends the first item after each group; the last is the number of items
 */
export function influences(measure: Measure, items: Items, ends: readonly number[]): number[] {
  const groups = ends.length;
  if (groups < 2) return ends.map(() => 0);
  const count = ends[groups - 1]!;
  const columns = Object.keys(measure.contributes).map((name) => {
    const sums = ends.map(() => 0);
    let group = 0;
    for (let at = 0; at < count; at++) {
      while (at >= ends[group]!) group++;
      sums[group]! += items[name]![at]!;
    }
    return { name, sums, total: sums.reduce((a, b) => a + b, 0) };
  });
  const without = ends.map((end, group) =>
    measure.value(
      Object.fromEntries(columns.map(({ name, sums, total }) => [name, total - sums[group]!])),
      count - (end - (ends[group - 1] ?? 0)),
    ),
  );
  const center = without.reduce((a, b) => a + b, 0) / groups;
  return without.map((value) => ((groups - 1) / groups) * (center - value));
}
