/**
 * Reverse-mode differentiation: one pass over the nodes, from the loss to the parameters, that calls the
 * gradient of each operator.
 *
 * Gradients are nodes of the same graph, so they can be differentiated again. The pass depends on no
 * particular operator. It also sums each gradient to the shape that its input had before broadcasting, so that
 * no operator has to.
 *
 * @module
 */
import { add } from "../operators/arithmetic.ts";
import { sumTo } from "../operators/reduction.ts";
import { fill, inputName } from "../operators/source.ts";
import { printShape, ShapeError } from "../tensor/shape.ts";
import { nodesOf, scope } from "../tensor/tensor.ts";
import type { Node, Tensor } from "../tensor/tensor.ts";
import { recompute } from "./recompute.ts";

/** A loss has no gradient with respect to a parameter; the message says why. */
export class GradientError extends Error {
  override readonly name = "GradientError";
}

/**
 * The gradients of a scalar loss with respect to `parameters`, in their order and shapes. Tensors created
 * inside `rematerialise` are computed again for them.
 *
 * @throws {ShapeError} for a loss that is not a scalar
 * @throws {GradientError} for a parameter that the loss does not depend on, or only through operators without
 *   a gradient
 */
export function gradients(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0)
    throw new ShapeError(
      `gradients: the loss must be a scalar, got ${printShape(loss.shape)}. Take its mean or sum.`,
    );
  const found = vectorJacobian([loss], [fill([], 1)], parameters);
  const derived = parameters.map((parameter, position) => {
    const gradient = found[position];
    if (gradient !== undefined) return gradient;
    throw new GradientError(
      `gradients: the loss has no gradient with respect to ${describe(parameter)}: ` +
        `${reasonForNone(loss, parameter)}. Leave it out, or use it in the model.`,
    );
  });
  return recompute(derived, [loss]);
}

/**
 * The vector-Jacobian product.
 *
 * @param dOutputs one gradient for each output, of its shape; undefined for an output to leave out
 * @returns the gradients of `parameters`, in their order and shapes; undefined for one that the outputs do not
 *   depend on, or only through operators without a gradient
 */
export function vectorJacobian(
  outputs: readonly Tensor[],
  dOutputs: readonly (Tensor | undefined)[],
  parameters: readonly Tensor[],
): (Tensor | undefined)[] {
  const targets = new Set(parameters);
  const nodes = nodesOf(outputs);
  const relevant = nodesDependingOn(nodes, targets);
  const found = new Map<Tensor, Tensor>();
  const collect = (tensor: Tensor, part: Tensor): void => {
    const summed = sumTo(part, tensor.shape);
    const before = found.get(tensor);
    found.set(tensor, before === undefined ? summed : add(before, summed));
  };
  const needsGradient = (input: Tensor): boolean => targets.has(input) || relevant.has(input.node);
  outputs.forEach((output, position) => {
    const dOutput = dOutputs[position];
    if (dOutput !== undefined && needsGradient(output)) collect(output, dOutput);
  });

  for (const node of nodes.reverse()) {
    if (!relevant.has(node) || node.operator.nonDifferentiable !== undefined) continue;
    const dys = node.outputs.map((output) => found.get(output));
    if (dys.every((dy) => dy === undefined)) continue;
    const parts = scope(`gradient of ${node.name}`, () =>
      node.operator.gradient(node, dys, { needsGradient, vectorJacobian }),
    );
    node.inputs.forEach((input, position) => {
      const part = parts[position];
      if (part !== undefined && needsGradient(input)) collect(input, part);
    });
  }
  return parameters.map((parameter) => found.get(parameter));
}

/** The nodes that depend on a target; the gradients of all others are not needed. */
function nodesDependingOn(nodes: readonly Node[], targets: ReadonlySet<Tensor>): Set<Node> {
  const dependent = new Set<Node>();
  for (const node of nodes)
    if (node.inputs.some((input) => targets.has(input) || dependent.has(input.node)))
      dependent.add(node);
  return dependent;
}

function describe(tensor: Tensor): string {
  const name = inputName(tensor) ?? tensor.node.name;
  return `"${name}" ${printShape(tensor.shape)}`;
}

function reasonForNone(loss: Tensor, parameter: Tensor): string {
  const dependent = nodesDependingOn(nodesOf([loss]), new Set([parameter]));
  const node = [...dependent].find(({ operator }) => operator.nonDifferentiable !== undefined);
  return node === undefined
    ? "it does not depend on it"
    : `${node.name} has no gradient (${node.operator.nonDifferentiable})`;
}
