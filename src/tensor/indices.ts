/**
 * Whole numbers that choose entries of an axis: token ids, classes, rows of a table.
 *
 * @module
 */

/** Whether `index` is a whole number from 0 to `entries` − 1. */
export function isIndex(index: number, entries: number): boolean {
  // `>>> 0` leaves whole numbers from 0 to 2³² − 1 as they are, and nothing else.
  return index >>> 0 === index && index < entries;
}

/** Where the first number of a list is that is no whole number from 0 to `entries` − 1; −1 where all are. */
export function firstOutside(list: ArrayLike<number>, entries: number): number {
  for (let at = 0; at < list.length; at++) if (!isIndex(list[at]!, entries)) return at;
  return -1;
}

/** The place of an element among the axes of its array, in words: `[2, 5]`. */
export function placeInWords(at: number, shape: readonly number[]): string {
  let rest = at;
  const place = shape.toReversed().map((size) => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return index;
  });
  return `[${place.reverse().join(", ")}]`;
}
