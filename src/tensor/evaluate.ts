/**
 * The meaning of a graph: plain float64 evaluation, slow and exact, which tests trust.
 *
 * @module
 */
import { resolveDimension } from "./dimension.ts";
import type { Bindings } from "./dimension.ts";
import { elementCount, printShape, ShapeError } from "./shape.ts";
import { nodesOf } from "./tensor.ts";
import type { Evaluation, Tensor, Value } from "./tensor.ts";

/**
 * Values of `outputs`, the `given` tensors (graph inputs) having the given values.
 *
 * Symbols of their shapes take the sizes of the values. Throws a ShapeError where a value does not
 * fit its tensor.
 */
export function evaluate(
  outputs: readonly Tensor[],
  given: ReadonlyMap<Tensor, Value> = new Map(),
): Value[] {
  return evaluateBound(outputs, given, bindSymbols(given));
}

function evaluateBound(
  outputs: readonly Tensor[],
  given: ReadonlyMap<Tensor, Value>,
  bindings: Bindings,
): Value[] {
  const values = new Map<Tensor, Value>(given);
  const evaluation: Evaluation = {
    bindings,
    nested: (inner, innerGiven, more) => evaluateBound(inner, innerGiven, { ...bindings, ...more }),
  };
  for (const node of nodesOf(outputs, given)) {
    const inputs = node.inputs.map((tensor) => values.get(tensor)!);
    node.operator
      .evaluate(inputs, node, evaluation)
      .forEach((value, index) => values.set(node.outputs[index]!, value));
  }
  return outputs.map((tensor) => values.get(tensor)!);
}

function bindSymbols(given: ReadonlyMap<Tensor, Value>): Bindings {
  const bindings: Record<string, number> = {};
  for (const [tensor, value] of given) {
    const misfit = (why: string): ShapeError =>
      new ShapeError(
        `evaluate: ${tensor.node.name} is ${printShape(tensor.shape)}, its value ` +
          `${printShape(value.shape)}: ${why}. Pass a value of that shape.`,
      );
    if (tensor.shape.length !== value.shape.length) throw misfit("the ranks differ");
    if (value.data.length !== elementCount(value.shape))
      throw misfit(`it holds ${value.data.length} elements`);
    tensor.shape.forEach((dimension, axis) => {
      const size = value.shape[axis]!;
      if (typeof dimension === "string" && /^\w+$/.test(dimension)) {
        bindings[dimension] ??= size;
        if (bindings[dimension] !== size)
          throw misfit(`"${dimension}" is both ${bindings[dimension]} and ${size}`);
      } else if (typeof dimension === "number" && dimension !== size)
        throw misfit(`axis ${axis} differs`);
    });
  }
  // Sums and products are checked once every symbol is known.
  for (const [tensor, value] of given)
    tensor.shape.forEach((dimension, axis) => {
      if (
        typeof dimension === "string" &&
        resolveDimension(dimension, bindings) !== value.shape[axis]
      )
        throw new ShapeError(
          `evaluate: axis ${axis} of ${tensor.node.name} is ${dimension}, got ${value.shape[axis]}.`,
        );
    });
  return bindings;
}

/** A value from nested or flat numbers. */
export function valueOf(shape: readonly number[], data: ArrayLike<number>): Value {
  return { shape, data: Float64Array.from(data) };
}
