/**
 * Confidence intervals around estimates.
 *
 * @module
 */
import type { Estimate } from "../../measures/estimate.ts";
import { studentQuantile } from "./student-t.ts";

/** From the lowest to the highest value that the data allow. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The interval around an estimate, or null when one sample leaves its error unknown. */
export function intervalOf(
  { mean, standardError, degreesOfFreedom }: Estimate,
  confidence = 0.95,
): Interval | null {
  if (!(degreesOfFreedom > 0) || !Number.isFinite(standardError)) return null;
  const half = studentQuantile(confidence, degreesOfFreedom) * standardError;
  return { low: mean - half, high: mean + half };
}

/** Whether the whole interval is above zero. */
export function above(interval: Interval | null): boolean {
  return interval !== null && interval.low > 0;
}

/** Whether the whole interval is below zero. */
export function below(interval: Interval | null): boolean {
  return interval !== null && interval.high < 0;
}
