/**
 * Whether two models were judged on the same items, as far as their numbers tell.
 *
 * @module
 */
import type { Items } from "../../measures/items.ts";
import type { Measure } from "../../measures/measure.ts";

/**
 * In which item the two differ in a size that belongs to the item and not to the model, and how, in words; undefined
 * where they do not. Both have equally many items.
 */
export function differentItem({ contributes }: Measure, a: Items, b: Items): string | undefined {
  for (const [name, { meaning, ofItem }] of Object.entries(contributes)) {
    if (ofItem !== true) continue;
    const [ours, theirs] = [a[name]!, b[name]!];
    const at = ours.findIndex((size, place) => size !== theirs[place]);
    if (at >= 0) return `of item ${at}, the ${meaning} are ${ours[at]} and ${theirs[at]}`;
  }
  return undefined;
}
