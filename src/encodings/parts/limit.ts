/**
 * Encodings that have numbers for a limited length only: the declaration and the check.
 *
 * @module
 */
import type { EncodingContext, PositionEncoding, Positions } from "../position-encoding.ts";

type Limit = NonNullable<PositionEncoding["limit"]>;

/**
 * Positions lie between minus this and this: up to here float32, in which distances are computed, has every whole number.
 */
export const furthestPosition: number = 2 ** 24;

/** The `limit` of an encoding whose table has `length` rows. */
export function lengthLimit(
  id: string,
  length: number,
  reason = `its table has ${length} rows, one a position`,
): Limit {
  if (!Number.isInteger(length) || length < 1)
    throw new RangeError(`${id}: maxLength must be a whole number of 1 or more, got ${length}.`);
  return { length, reason };
}

/**
 * Refuses positions for which a table has no row, in a hook that reads it.
 *
 * @param id of the encoding, the first word of the message
 * @param limit the encoding's own; without one, negative positions alone are refused
 * @throws {RangeError} while the graph is built, if a known position is outside the limit
 */
export function checkPositions(id: string, positions: Positions, limit: Limit | undefined): void {
  const outside = positions.values?.find((p) => p < 0 || (limit && p >= limit.length));
  if (outside === undefined) return;
  throw new RangeError(
    limit && outside >= limit.length
      ? `${id}: position ${outside} is beyond its ${limit.length}: ${limit.reason}. ` +
          `Raise maxLength before training, or choose an encoding without a limit.`
      : `${id}: position ${outside} is negative; absolute positions begin at 0.`,
  );
}

/**
 * Refuses distances for which a table has no row, in a hook that reads it.
 *
 * @param id of the encoding, the first word of the message
 * @throws {RangeError} while the graph is built, if known positions are farther apart than the limit
 */
export function checkDistances(
  id: string,
  { queries, keys, causal }: EncodingContext,
  limit: Limit,
): void {
  if (queries.values === undefined || keys.values === undefined) return;
  const past = Math.max(...queries.values) - Math.min(...keys.values);
  const future = Math.max(...keys.values) - Math.min(...queries.values);
  const farthest = causal ? past : Math.max(past, future);
  if (farthest < limit.length) return;
  throw new RangeError(
    `${id}: distance ${farthest} is beyond its ${limit.length}: ${limit.reason}. ` +
      `Raise maxLength before training, or choose an encoding without a limit.`,
  );
}
