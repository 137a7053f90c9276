/**
 * How many seeds would decide what is open.
 *
 * @module
 */
import { studentQuantile } from "./student-t.ts";

/** More are not suggested. */
export const mostSeeds = 20;

/** What is known of a difference. */
export interface OpenDifference {
  readonly mean: number;
  /** Variance that seeds leave, at the present number of seeds. */
  readonly seeds: number;
  /** Variance that items leave; more seeds do not lessen it. */
  readonly items: number;
  /** Differences that are judged together. */
  readonly together: number;
}

/**
 * The least number of seeds above the present one with which the interval would leave 0 out, if the difference and its
 * variances stay what they are; null where 20 would not do. It is a plan, not a promise: the difference may shrink.
 */
export function seedsToDecide(
  { mean, seeds, items, together }: OpenDifference,
  present: number,
): number | null {
  for (let count = present + 1; count <= mostSeeds; count++) {
    const error = Math.sqrt((seeds * present) / count + items);
    // Two encodings contribute, and the project's own measurements are worth three degrees of freedom.
    const critical = studentQuantile(1 - 0.05 / together, 2 * (count - 1) + 3);
    if (Math.abs(mean) > critical * error) return count;
  }
  return null;
}
