/**
 * The values of a graph's symbols, from the sizes that its inputs were given.
 *
 * @module
 */
import { isSymbol, resolveDimension } from "./dimension.ts";
import type { Bindings } from "./dimension.ts";
import { printShape, ShapeError } from "./shape.ts";
import type { NumericShape, Shape } from "./shape.ts";

/** An input as it was declared, and as it came. */
export interface GivenShape {
  readonly name: string;
  readonly shape: Shape;
  readonly sizes: NumericShape;
}

/**
 * One size for each symbol. Throws a ShapeError where an input does not fit its declaration, or one
 * symbol would have two sizes; `speaker` begins it.
 */
export function bindSymbols(speaker: string, given: readonly GivenShape[]): Bindings {
  const bindings: Record<string, number> = {};
  const misfit = ({ name, shape, sizes }: GivenShape, why: string): ShapeError =>
    new ShapeError(
      `${speaker}: "${name}" is ${printShape(shape)}, it was given ${printShape(sizes)}: ${why}. ` +
        `Give every input the shape it was declared with.`,
    );
  for (const each of given) {
    if (each.shape.length !== each.sizes.length) throw misfit(each, "the ranks differ");
    each.shape.forEach((dimension, axis) => {
      if (typeof dimension !== "string" || !isSymbol(dimension)) return;
      const size = (bindings[dimension] ??= each.sizes[axis]!);
      if (size !== each.sizes[axis])
        throw misfit(each, `"${dimension}" is ${size} in an input before`);
    });
  }
  // Sums and products are checked once every symbol is known.
  for (const each of given)
    each.shape.forEach((dimension, axis) => {
      if (resolveDimension(dimension, bindings) !== each.sizes[axis])
        throw misfit(each, `axis ${axis} differs`);
    });
  return bindings;
}
