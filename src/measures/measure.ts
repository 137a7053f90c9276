/**
 * A measure as data: what one item contributes, how the contributions become a number, how certain that number
 * is, and how it is printed. Ranking, verdict, tables, report and results.json are written over measures; none
 * of them names one.
 *
 * An item is the smallest thing that is measured alone: a stretch of text, a sample of a task. It contributes
 * sums and counts, one number a column. The number of a whole model is computed from the totals of the columns,
 * never as a mean of the items' own numbers: bits per byte is all bits over all bytes, and a corpus BLEU is
 * computed from all matches.
 *
 * @module
 */
import type { Uncertainty } from "./uncertainty.ts";
import type { Column, Items, Totals } from "./items.ts";

/** What models are judged by. */
export interface Measure {
  /** The key of its value in results.json: "bitsPerByte". */
  readonly id: string;
  /** Which of two values is better. */
  readonly better: "lower" | "higher";
  /** Unit of a value; empty where it has none. */
  readonly unit: string;
  /** The smallest and the largest possible value. */
  readonly range: readonly [least: number, most: number];
  /** The columns that an item contributes. */
  readonly contributes: Readonly<Record<string, Column>>;
  /** The value of all items together. `count` is their number. */
  readonly value: (totals: Totals, count: number) => number;
  /** What makes a value uncertain. Without this the measure is shown, and encodings are not ranked by it. */
  readonly uncertainty?: Uncertainty;
  /** A change for the worse of more than this between two lengths is called a break. */
  readonly tolerance: { readonly relative: number } | { readonly absolute: number };
  readonly printed: PrintedMeasure;
}

/** How a measure is printed. */
export interface PrintedMeasure {
  /** At the start of a title: "Bits per byte". */
  readonly name: string;
  /** Digits after the decimal point. */
  readonly digits: number;
  /** A value within a sentence: "2.576 bits per byte". */
  readonly phrase: (value: string) => string;
  /** The best of several values: "lowest". */
  readonly superlative: string;
  /** What the best value is: "lowest loss". */
  readonly best: string;
  /** What the encoding with the best value does: "has the lowest loss". */
  readonly leads: string;
  /** What a break is: "the loss has certainly grown by more than 5 %". */
  readonly broken: string;
  /** Sentences for the case that even the best encoding has the worst possible value. */
  readonly nothing?: { readonly alone: (encoding: string) => string; readonly all: string };
  /** The value that guessing reaches, where there is one. */
  readonly chance?: number;
}

/** A measure by which encodings can be ranked. */
export interface RankingMeasure extends Measure {
  readonly uncertainty: Uncertainty;
}

/** The measures of one kind of comparison. Encodings are ranked by the first; the others are shown. */
export type Measures = readonly [RankingMeasure, ...Measure[]];

/** 1 where less is better, −1 where more is: times a difference, this is positive where the first is worse. */
export function worseSign({ better }: Measure): 1 | -1 {
  return better === "lower" ? 1 : -1;
}

/** The most that a value may change for the worse, starting from `before`, without being called a break. */
export function allowedChange({ tolerance }: Measure, before: number): number {
  return "relative" in tolerance ? tolerance.relative * before : tolerance.absolute;
}

/** The values of some measures for the same items, by measure id. */
export function valuesOf(measures: readonly Measure[], items: Items): Record<string, number> {
  return Object.fromEntries(measures.map((measure) => [measure.id, valueOf(measure, items)]));
}

/**
 * The value of a measure for some items.
 *
 * @throws {RangeError} a column of the measure is missing
 */
export function valueOf(measure: Measure, items: Items): number {
  const totals: Record<string, number> = {};
  let count = 0;
  for (const column of Object.keys(measure.contributes)) {
    const numbers = items[column];
    if (numbers === undefined)
      throw new RangeError(
        `measure ${measure.id}: the items have no column "${column}", only ${Object.keys(items).join(", ") || "none"}. ` +
          `Give ${Object.keys(measure.contributes).join(" and ")} of each item.`,
      );
    count = numbers.length;
    totals[column] = numbers.reduce((sum, number) => sum + number, 0);
  }
  return measure.value(totals, count);
}

/** The columns of several measures, each once. */
export function columnsOf(measures: readonly Measure[]): Readonly<Record<string, Column>> {
  return Object.assign({}, ...measures.map(({ contributes }) => contributes)) as Record<
    string,
    Column
  >;
}
