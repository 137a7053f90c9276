/**
 * What table, verdict and report read from results: the kind of comparison with its words, the measure that
 * encodings are ranked by, and the rows of the comparison.
 *
 * @module
 */
import { isRanked } from "../comparison/ranked.ts";
import type { Compared, Failed, Ranked } from "../comparison/ranked.ts";
import type { Results } from "../comparison/results.ts";
import { kindOf } from "../comparison/kinds/index.ts";
import type { Protocol } from "../comparison/kinds/kind.ts";
import type { KindWords } from "../comparison/kinds/words.ts";
import { grouped, multiple } from "../format.ts";
import type { Measure, Measures, RankingMeasure } from "../measures/measure.ts";

/** How results are printed. */
export interface Wording {
  /** Encodings are ranked by the first. */
  readonly measures: Measures;
  /** The first of `measures`. */
  readonly measure: RankingMeasure;
  /** Those of the others that are shown at every length. */
  readonly beside: readonly Measure[];
  /** The ways in which models were judged, the most important first. */
  readonly protocols: readonly [Protocol, ...Protocol[]];
  readonly words: KindWords;
}

/** How these results are printed. */
export function wordingOf({ configuration }: Results): Wording {
  const kind = kindOf(configuration);
  const [main, ...others] = kind.protocols(configuration);
  return {
    measures: kind.measures(configuration),
    measure: kind.measures(configuration)[0],
    beside: kind.beside(configuration),
    protocols: [main!, ...others],
    words: kind.words(configuration),
  };
}

/** "lower is better" */
export function direction({ better }: RankingMeasure): string {
  return `${better} is better`;
}

/** The rows that have a value. */
export function rankedRows({ comparison }: Results): Ranked[] {
  return comparison.filter(isRanked);
}

/** The rows without one. */
export function failedRows({ comparison }: Results): Failed[] {
  return comparison.filter((row): row is Failed => !isRanked(row));
}

/** The row of an encoding at a length under a protocol. */
export function rowAt(
  { comparison }: Results,
  encoding: string,
  length: number,
  protocol: string,
): Compared | undefined {
  return comparison.find(
    (row) => row.encoding === encoding && row.length === length && row.protocol === protocol,
  );
}

/** "64 (1×)" */
export function lengthWithMultiple(length: number, trainLength: number): string {
  return `${grouped(length)} (${multiple(length, trainLength)})`;
}

/** Numbers for reasons, in the order of their first use. */
export class Footnotes {
  readonly #reasons: string[] = [];

  /** The number of a row's reason, from 1. */
  of({ encoding, failed }: Failed): number {
    const reason = `${encoding}: ${failed}`;
    if (!this.#reasons.includes(reason)) this.#reasons.push(reason);
    return this.#reasons.indexOf(reason) + 1;
  }

  /** "rope: its table has 128 rows", the first of which has number 1. */
  get reasons(): readonly string[] {
    return this.#reasons;
  }
}
