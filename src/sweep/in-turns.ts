/**
 * Times of several things, measured in turns: whatever slows the machine for a while then slows all of them.
 *
 * @module
 */

/** How long and how often to measure. */
export interface TurnOptions {
  /** The most times that each is measured. */
  readonly rounds: number;
  /** The fewest, however long they take. */
  readonly leastRounds: number;
  /** No round begins after so many seconds, but for the fewest. */
  readonly seconds: number;
  /** Called before each measurement; false ends it all. */
  readonly goesOn?: () => Promise<boolean>;
}

/**
 * The median of what each measurement gives, over rounds in which each is called once, in order; undefined where it was
 * ended early.
 */
export async function mediansInTurns(
  measurements: readonly (() => Promise<number>)[],
  { rounds, leastRounds, seconds, goesOn }: TurnOptions,
): Promise<readonly number[] | undefined> {
  const found: number[][] = measurements.map(() => []);
  const started = performance.now();
  for (let round = 0; round < rounds; round++) {
    if (round >= leastRounds && performance.now() - started > 1000 * seconds) break;
    for (const [at, measure] of measurements.entries()) {
      if (goesOn !== undefined && !(await goesOn())) return undefined;
      found[at]!.push(await measure());
    }
  }
  return found.map(median);
}

/** The middle of some numbers, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/**
 * The items in order, in groups whose sizes together are no more than `most`; an item that is larger is alone.
 */
export function groupsWithin<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  most: number,
): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (groups.length === 0 || !(size <= room)) {
      groups.push([]);
      room = most;
    }
    groups.at(-1)!.push(item);
    room -= size;
  }
  return groups;
}
