/**
 * The values of a parameter put into the tensor of a family's file: the inverse of `valuesFrom`.
 *
 * @module
 */
import { outputsOf, storedShape } from "./tensor-source.ts";
import type { TensorSource } from "./tensor-source.ts";

/**
 * Puts values into their places of a tensor, of which a parameter may be a part; rows that are not used stay. A norm that stores its weight minus 1 gets
 * it rounded to float32.
 *
 * @param stored of `storedShape(shape, source)`
 */
export function placeValues(
  stored: Float32Array,
  given: Float32Array,
  shape: readonly number[],
  source: TensorSource,
): void {
  const { transposed = false, part, plus = 0, skip = 0, row = false } = source;
  const values = plus === 0 ? given : given.map((value) => value - plus);
  if (skip > 0) {
    // Rows that are not used are 0.
    stored.set(values, stored.length - values.length);
    return;
  }
  if (row || (part === undefined && !(transposed && shape.length === 2))) {
    stored.set(values);
    return;
  }
  const [rows, columns = 1] = storedShape(shape, source) as [number, number?];
  const byRow = shape.length === 2 && !transposed;
  const outputs = outputsOf(byRow ? columns : rows, part);
  const count = outputs.length;
  if (transposed && shape.length === 2) return placeTransposed(stored, values, columns, outputs);
  if (!byRow) outputs.forEach((place, at) => (stored[place] = values[at]!));
  else
    for (let at = 0, from = 0; at < rows; at++)
      for (let column = 0; column < count; column++)
        stored[at * columns + outputs[column]!] = values[from++]!;
}

/** Side of the squares in which a matrix is transposed, so that both ends of a copy stay in the cache. */
const square = 32;

/** `[in, outputs]` → rows of `[out, in]` */
function placeTransposed(
  stored: Float32Array,
  values: Float32Array,
  inner: number,
  outputs: Int32Array,
): void {
  const count = outputs.length;
  for (let top = 0; top < count; top += square)
    for (let left = 0; left < inner; left += square) {
      const [bottom, right] = [Math.min(top + square, count), Math.min(left + square, inner)];
      for (let row = top; row < bottom; row++) {
        const to = outputs[row]! * inner;
        for (let column = left; column < right; column++)
          stored[to + column] = values[column * count + row]!;
      }
    }
}
