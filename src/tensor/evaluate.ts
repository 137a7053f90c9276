/**
 * Evaluation of a graph in float64 by plain loops: slow, and the reference that tests compare with.
 *
 * @module
 */
import { bindSymbols } from "./bind-symbols.ts";
import type { Bindings } from "./dimension.ts";
import { elementCount, printShape, ShapeError } from "./shape.ts";
import { nodesOf } from "./tensor.ts";
import type { Evaluation, Tensor, Value } from "./tensor.ts";

/**
 * The values of `outputs`.
 *
 * @param given values of graph inputs, or of any other tensors that are then not computed; the symbols
 *   in their shapes take the sizes of the values
 * @throws {ShapeError} where a value does not have the shape of its tensor
 */
export function evaluate(
  outputs: readonly Tensor[],
  given: ReadonlyMap<Tensor, Value> = new Map(),
): Value[] {
  return evaluateBound(outputs, given, bindValues(given));
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

function bindValues(given: ReadonlyMap<Tensor, Value>): Bindings {
  for (const [tensor, { shape, data }] of given)
    if (data.length !== elementCount(shape))
      throw new ShapeError(
        `evaluate: the value of ${tensor.node.name} has shape ${printShape(shape)} and ` +
          `${data.length} elements. Pass ${elementCount(shape)} elements, or another shape.`,
      );
  return bindSymbols(
    "evaluate",
    Array.from(given, ([{ node, shape }, value]) => {
      const name = node.attributes["name"];
      return { name: typeof name === "string" ? name : node.name, shape, sizes: value.shape };
    }),
  );
}

/** A value of a shape, from its elements in row-major order. */
export function valueOf(shape: readonly number[], data: ArrayLike<number>): Value {
  return { shape, data: Float64Array.from(data) };
}
