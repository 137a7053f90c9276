/**
 * How encodings compare, as results.json has it.
 *
 * @module
 */
import type { Change, Difference } from "./statistics/differences.ts";
import type { Interval } from "./statistics/intervals.ts";
import type { Place } from "./trial-record.ts";

export type { Change, Difference } from "./statistics/differences.ts";

/**
 * best: the best mean; several where means are equal, none where even the best value is the worst possible. level: not
 * shown to be worse than the best. behind: shown to be worse.
 */
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
  /** This encoding minus the best; zero for the best itself. The family is all pairs at this place. */
  readonly difference: Difference;
  /** This length minus the train length, same encoding; null at the train length. The family is all of a protocol. */
  readonly growth: Change | null;
  /**
   * How many seeds would probably decide whether a level encoding is behind, if the difference stays what it is: the
   * number, or null where 20 seeds would not. Absent where it is decided.
   */
  readonly seedsToDecide?: number | null;
}

/** Whether there is a value. */
export function isRanked(row: Compared): row is Ranked {
  return "standing" in row;
}
