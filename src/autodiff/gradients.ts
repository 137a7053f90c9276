/**
 * Reverse-mode differentiation: a walk over nodes from the loss to the parameters.
 *
 * The result is ordinary graph, so it can be differentiated again. The walk knows no operator by
 * name; broadcasting is undone here and nowhere else.
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

/** A gradient was asked for where there is none; the message names the operator and the reason. */
export class GradientError extends Error {
  override readonly name = "GradientError";
}

/**
 * The gradients of a scalar loss with respect to `parameters`, in their order and shapes.
 *
 * Throws a ShapeError for a loss that is no scalar and a GradientError for a parameter that does
 * not reach the loss, or reaches it only through operators without a gradient.
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
      `gradients: ${describe(parameter)} does not reach the loss${blockedBy(loss, parameter)}. ` +
        `Leave it out, or use it in the model.`,
    );
  });
  return recompute(derived, [loss]);
}

/**
 * The vector-Jacobian product: for `dOutputs` at `outputs`, the gradients of `parameters`;
 * undefined for those that `outputs` do not depend on.
 */
export function vectorJacobian(
  outputs: readonly Tensor[],
  dOutputs: readonly (Tensor | undefined)[],
  parameters: readonly Tensor[],
): (Tensor | undefined)[] {
  const targets = new Set(parameters);
  const nodes = nodesOf(outputs);
  const relevant = nodesThatReach(nodes, targets);
  const found = new Map<Tensor, Tensor>();
  const collect = (tensor: Tensor, part: Tensor): void => {
    const summed = sumTo(part, tensor.shape);
    const before = found.get(tensor);
    found.set(tensor, before === undefined ? summed : add(before, summed));
  };
  const wanted = (input: Tensor): boolean => targets.has(input) || relevant.has(input.node);
  outputs.forEach((output, position) => {
    const dOutput = dOutputs[position];
    if (dOutput !== undefined && wanted(output)) collect(output, dOutput);
  });

  for (const node of nodes.reverse()) {
    if (!relevant.has(node) || node.operator.nonDifferentiable !== undefined) continue;
    const dys = node.outputs.map((output) => found.get(output));
    if (dys.every((dy) => dy === undefined)) continue;
    const parts = scope(`gradient of ${node.name}`, () =>
      node.operator.gradient(node, dys, { wanted, vectorJacobian }),
    );
    node.inputs.forEach((input, position) => {
      const part = parts[position];
      if (part !== undefined && wanted(input)) collect(input, part);
    });
  }
  return parameters.map((parameter) => found.get(parameter));
}

/** Nodes whose inputs depend on a target: only through them flows a gradient that is wanted. */
function nodesThatReach(nodes: readonly Node[], targets: ReadonlySet<Tensor>): Set<Node> {
  const reached = new Set<Node>();
  for (const node of nodes)
    if (node.inputs.some((input) => targets.has(input) || reached.has(input.node)))
      reached.add(node);
  return reached;
}

function describe(tensor: Tensor): string {
  const name = inputName(tensor) ?? tensor.node.name;
  return `"${name}" ${printShape(tensor.shape)}`;
}

function blockedBy(loss: Tensor, parameter: Tensor): string {
  const reached = nodesThatReach(nodesOf([loss]), new Set([parameter]));
  const node = [...reached].find(({ operator }) => operator.nonDifferentiable !== undefined);
  return node === undefined
    ? ""
    : `: ${node.name} has no gradient (${node.operator.nonDifferentiable})`;
}
