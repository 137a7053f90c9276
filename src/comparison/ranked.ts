/**
 * How encodings compare, as results.json has it.
 *
 * @module
 */
import type { Interval } from "./intervals.ts";
import type { Place } from "./trial-record.ts";

/** A difference between two values of a measure. An interval is null where one sample leaves its error unknown. */
export interface Difference {
  readonly mean: number;
  /** 95 %, for this difference alone. */
  readonly interval: Interval | null;
  /**
   * 95 % for a whole family of differences together; the verdict reads this one. The family of a difference
   * to the best is its length and protocol, that of a growth its protocol.
   */
  readonly simultaneous: Interval | null;
}

/** best: the best mean. level: not shown to be worse than the best. behind: shown to be worse. */
export type Standing = "best" | "level" | "behind";

/** One encoding at one length under one protocol, all seeds together. */
export type Compared = Ranked | Failed;

/** An encoding without a value at a place, and why. */
export interface Failed extends Place {
  readonly encoding: string;
  readonly failed: string;
}

/** An encoding with its value, and how it compares with the others. */
export interface Ranked extends Place {
  readonly encoding: string;
  /** Id of the measure. */
  readonly measure: string;
  /** Mean over the seeds. */
  readonly value: number;
  /** 95 % interval of the mean itself. */
  readonly interval: Interval | null;
  readonly standing: Standing;
  /** This encoding minus the best; zero for the best itself. */
  readonly difference: Difference;
  /** This length minus the train length, same encoding; null at the train length. */
  readonly growth: Difference | null;
  /** What the intervals were computed over: "paired seeds", "paired windows of text", "paired samples". */
  readonly over: string;
}

/** Whether there is a value. */
export function isRanked(row: Compared): row is Ranked {
  return "standing" in row;
}
