/**
 * The meaning of a graph: plain float64 evaluation, slow and exact, which tests trust.
 *
 * @module
 */
import { bindSymbols } from "./bind-symbols.ts";
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
        `evaluate: ${tensor.node.name} ${printShape(shape)} was given ${data.length} elements. ` +
          `Pass as many as the shape holds.`,
      );
  return bindSymbols(
    "evaluate",
    Array.from(given, ([{ node, shape }, value]) => {
      const name = node.attributes["name"];
      return { name: typeof name === "string" ? name : node.name, shape, sizes: value.shape };
    }),
  );
}

/** A value from nested or flat numbers. */
export function valueOf(shape: readonly number[], data: ArrayLike<number>): Value {
  return { shape, data: Float64Array.from(data) };
}
