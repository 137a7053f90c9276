/**
 * Claims in few words, for rows.
 *
 * @module
 */
import type { Claim, MeasureName, Place } from "./experiment.ts";

/** A length of the experiment on text. */
export const text = (length: number): Place => ({ experiment: "text", length });

/** One encoding is better than another. */
export function order(
  better: string,
  worse: string,
  at: readonly Place[],
  measure: MeasureName = "bits per byte",
): Claim {
  return { kind: "order", better, worse, at, measure };
}

/** The loss on text grows by no more than a share of itself from the train length on. */
export function holds(encoding: string, length: number, within = 0): Claim {
  return {
    kind: "holds",
    ...{ encoding, from: text(64), to: text(length), measure: "bits per byte" as const, within },
  };
}

/** `a`, `b`, `c`: each better than the next, at one place. */
export function chain(ids: readonly string[], at: readonly Place[]): Claim[] {
  return ids.slice(1).map((worse, which) => order(ids[which]!, worse, at));
}
