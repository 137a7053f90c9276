/**
 * What items contribute to a measure.
 *
 * @module
 */

/** What items contribute, by column: one number an item, in the order of the items. */
export type Items = Readonly<Record<string, readonly number[]>>;

/** The sum of each column over all items. */
export type Totals = Readonly<Record<string, number>>;

/** One number that each item contributes. */
export interface Column {
  /** "bits of the stretch" */
  readonly meaning: string;
  /** Which numbers are possible; null means a number that was not finite. */
  readonly values: "number" | "count" | "zero or one";
  /** Whether it is a size of the item itself, the same whichever model is judged on it. Default false. */
  readonly ofItem?: boolean;
}
