/**
 * Rows of DeBERTa's table: which one belongs to a distance.
 *
 *     row    = clamp(bucket(distance) + size, 0, 2 size − 1)
 *     bucket = distance                                                   |distance| ≤ mid = size / 2
 *              ±(mid + ⌈ln(n/mid) / ln((maxDistance − 1)/mid) · (mid − 1)⌉)   n = |distance| beyond
 *
 * Version 1 has no buckets: `bucket(n) = n`.
 *
 * @module
 */

/** Rows of distances −last … last; beyond them the ends repeat. */
export interface DistanceRows {
  readonly last: number;
  /** From distance −last. */
  readonly rows: readonly number[];
}

/** The row of every distance up to `maxDistance` is part of the graph. */
export const furthestRow = 2 ** 20;

/** Version 1: each distance below `size` has a row of its own, distance `size` shares the last one. */
export function plainRows(size: number): DistanceRows {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(
      `deberta: maxDistance must be a whole number of 1 or more, got ${size}. Use 512.`,
    );
  return rowsOf(size, size, (n) => n);
}

/** Version 2: rows that grow coarser beyond `buckets / 2`. */
export function bucketRows(buckets: number, maxDistance: number): DistanceRows {
  return rowsOf(buckets, maxDistance, logBuckets(buckets, maxDistance));
}

/**
 * The bucket of a distance of 0 … maxDistance. Beyond mid it is mid + the smallest t with
 * `(n / mid)^(mid − 1) ≤ ((maxDistance − 1) / mid)^t`, compared in whole numbers: a logarithm may round to
 * either side of a bucket's edge.
 */
export function logBuckets(buckets: number, maxDistance: number): (distance: number) => number {
  const mid = buckets / 2;
  if (!Number.isInteger(mid) || mid < 2)
    throw new RangeError(`deberta: buckets must be even and 4 or more, got ${buckets}. Use 256.`);
  if (!Number.isInteger(maxDistance) || maxDistance <= mid + 1)
    throw new RangeError(
      `deberta: maxDistance must be a whole number above ${mid + 1}, half the buckets and one more, ` +
        `got ${maxDistance}. Use twice the buckets.`,
    );
  const [m, top] = [BigInt(mid), BigInt(maxDistance - 1)];
  const found = Array.from({ length: mid + 1 }, (_, n) => n);
  for (let t = 0n; found.length <= maxDistance; t++) {
    // The furthest distance of bucket mid + t, by bisection: the edges are up to maxDistance apart.
    let [furthest, beyond] = [BigInt(found.length - 1), BigInt(maxDistance + 1)];
    while (beyond - furthest > 1n) {
      const n = (furthest + beyond) / 2n;
      if (n ** (m - 1n) * m ** t > top ** t * m ** (m - 1n)) beyond = n;
      else furthest = n;
    }
    while (found.length <= furthest) found.push(mid + Number(t));
  }
  return (distance) => found[distance]!;
}

function rowsOf(size: number, last: number, bucket: (distance: number) => number): DistanceRows {
  const rows = Array.from({ length: 2 * last + 1 }, (_, at) => {
    const distance = at - last;
    const signed = Math.sign(distance) * bucket(Math.abs(distance));
    return Math.min(Math.max(signed + size, 0), 2 * size - 1);
  });
  return { last, rows };
}
