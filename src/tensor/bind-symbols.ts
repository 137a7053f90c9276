/**
 * The values of a graph's symbols, read from the sizes of its inputs.
 *
 * @module
 */
import { isSymbol, resolveDimension } from "./dimension.ts";
import type { Bindings } from "./dimension.ts";
import { printShape, ShapeError } from "./shape.ts";
import type { NumericShape, Shape } from "./shape.ts";

/** The declared shape of an input beside the sizes of its value. */
export interface GivenShape {
  readonly name: string;
  /** As declared; may have symbols. */
  readonly shape: Shape;
  /** As given. */
  readonly sizes: NumericShape;
}

/**
 * One size for each symbol.
 *
 * @param speaker the first word of an error message
 * @throws {ShapeError} where an input does not have its declared shape, or one symbol would have two sizes
 */
export function bindSymbols(speaker: string, given: readonly GivenShape[]): Bindings {
  // Without a prototype: a symbol may be called "constructor".
  const bindings = Object.create(null) as Record<string, number>;
  const misfit = ({ name, shape, sizes }: GivenShape, why: string): ShapeError =>
    new ShapeError(
      `${speaker}: "${name}" is declared ${printShape(shape)}, but its value is ` +
        `${printShape(sizes)}: ${why}. Give every input its declared shape.`,
    );
  for (const each of given) {
    if (each.shape.length !== each.sizes.length) throw misfit(each, "the ranks differ");
    each.shape.forEach((dimension, axis) => {
      if (typeof dimension !== "string" || !isSymbol(dimension)) return;
      const size = (bindings[dimension] ??= each.sizes[axis]!);
      if (size !== each.sizes[axis])
        throw misfit(each, `"${dimension}" is ${size} in an earlier input`);
    });
  }
  // Sums and products of symbols can be checked only when every symbol is known.
  for (const each of given)
    each.shape.forEach((dimension, axis) => {
      if (resolveDimension(dimension, bindings) !== each.sizes[axis])
        throw misfit(each, `axis ${axis} differs`);
    });
  return bindings;
}
