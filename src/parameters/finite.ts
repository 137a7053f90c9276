/**
 * Values that are no finite numbers: none is ever learned, so a file or a program that has one is at fault.
 *
 * @module
 */

/** The first value that is NaN or infinite, with its place, such as "NaN at [2, 0]"; undefined where all are finite. */
export function notFinite(values: Float32Array, shape: readonly number[]): string | undefined {
  let sum = 0;
  // x · 0 is 0 for all finite numbers and NaN for others.
  for (let at = 0; at < values.length; at++) sum += values[at]! * 0;
  if (sum === 0) return undefined;
  const at = values.findIndex((value) => !Number.isFinite(value));
  const place: number[] = [];
  for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
    place.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return `${values[at]} at [${place.join(", ")}]`;
}
