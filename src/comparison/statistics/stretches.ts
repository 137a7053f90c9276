/**
 * Stretches of a text that several evaluations have in common.
 *
 * Losses at 64 and at 512 tokens are sums over windows of different lengths. They can be paired only over the same
 * text, so windows are joined until the ends of all evaluations coincide. How far an evaluation has come in
 * the text is the sum of its items' sizes, in bytes.
 *
 * @module
 */

/** More groups would correlate more; fewer would leave too few degrees of freedom. */
export const mostStretches = 32;

/**
 * For each evaluation the first item after each stretch. All have the same number of stretches, at most 32, and stretch
 * k is the same text in each.
 *
 * @param sizes for each evaluation the sizes of its items, in the order of the text
 * @throws {RangeError} the evaluations are not of the same text
 */
export function commonStretches(sizes: readonly (readonly number[])[]): number[][] {
  const places = sizes.map((items) => {
    const ends = new Map<number, number>();
    let place = 0;
    items.forEach((size, at) => ends.set((place += size), at + 1));
    return { ends, length: place };
  });
  const [first] = places;
  if (first === undefined) return [];
  for (const { length } of places)
    if (length !== first.length)
      throw new RangeError(
        `statistics: evaluations that are compared must be of the same text, got ${first.length} and ${length} bytes. ` +
          `Judge all encodings, seeds and lengths on the same stretches.`,
      );
  const common = [...first.ends.keys()].filter((end) => places.every(({ ends }) => ends.has(end)));
  // Equal numbers of common stretches in each group, but for the last.
  const together = Math.ceil(common.length / mostStretches);
  const ends = common.filter((_, at) => (at + 1) % together === 0 || at === common.length - 1);
  return places.map((evaluation) => ends.map((end) => evaluation.ends.get(end)!));
}
