/**
 * The interval of a share.
 *
 *     (k + z²/2 ± z √(k (n − k) / n + z²/4)) / (n + z²)        z = 1.96 for 95 %
 *
 * It never leaves 0 … 1 and has a width where all or none of the samples are right.
 *
 * Source:    Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
 *
 * @module
 */

const z = 1.959963984540054;

/**
 * The 95 % interval of a share of which `right` of `count` independent samples were seen.
 *
 * @throws {RangeError} there is no sample, or more were right than there are
 */
export function wilsonInterval(
  right: number,
  count: number,
): { readonly low: number; readonly high: number } {
  if (!(count > 0 && right >= 0 && right <= count))
    throw new RangeError(
      `wilsonInterval: ${right} of ${count} samples is no share. Give 0 ≤ right ≤ count, and one sample at least.`,
    );
  const centre = right + z ** 2 / 2;
  const half = z * Math.sqrt((right * (count - right)) / count + z ** 2 / 4);
  const whole = count + z ** 2;
  // Rounding could leave 0 and 1 by the last bit.
  return {
    low: right === 0 ? 0 : (centre - half) / whole,
    high: right === count ? 1 : (centre + half) / whole,
  };
}
