/**
 * Shapes: printing, broadcasting and row-major strides.
 *
 * @module
 */
import type { Dimension } from "./dimension.ts";

/** Axis sizes, outermost first. */
export type Shape = readonly Dimension[];

/** A shape whose sizes are all numbers. */
export type NumericShape = readonly number[];

/** A call has operands whose shapes, dtypes or axes do not fit one another or the operator. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** The shape as text, such as `[batch, 7, 12]`. */
export function printShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Whether rank and dimensions are equal. */
export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((dimension, axis) => dimension === right[axis]);
}

/**
 * The shape that both broadcast to, by NumPy's rule.
 *
 * @param speaker the first word of an error message
 * @throws {ShapeError} where two sizes differ and neither is 1
 */
export function broadcastShapes(speaker: string, left: Shape, right: Shape): Shape {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis) => {
    const a = left[axis - rank + left.length] ?? 1;
    const b = right[axis - rank + right.length] ?? 1;
    if (a === b || b === 1) return a;
    if (a === 1) return b;
    throw new ShapeError(
      `${speaker}: shapes ${printShape(left)} and ${printShape(right)} do not broadcast: ` +
        `sizes ${a} and ${b} differ, and neither is 1. Reshape one of them or check its axes.`,
    );
  });
}

/**
 * The axis as an index from 0; a negative one counts from the last axis.
 *
 * @param speaker the first word of an error message
 * @throws {ShapeError} for an axis outside −rank … rank − 1
 */
export function normaliseAxis(speaker: string, axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank)
    throw new ShapeError(
      `${speaker}: axis ${axis} is outside a tensor of rank ${rank}. Use ${-rank} … ${rank - 1}.`,
    );
  return normal;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: NumericShape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** The number of elements. */
export function elementCount(shape: NumericShape): number {
  return shape.reduce((product, size) => product * size, 1);
}
