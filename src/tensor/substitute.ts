/**
 * Replacement of tensors in a graph.
 *
 * @module
 */
import { createNode, nodesOf } from "./tensor.ts";
import type { Node, Tensor } from "./tensor.ts";

/**
 * `outputs` computed with each replaced tensor's replacement in its place; the two have the same shape and
 * dtype. Nodes that depend on a replaced tensor are copied; all others, and those in `untouched`, are reused.
 */
export function substitute(
  outputs: readonly Tensor[],
  replacements: ReadonlyMap<Tensor, Tensor>,
  untouched: ReadonlySet<Node> = new Set(),
): Tensor[] {
  const substitutes = new Map(replacements);
  const current = (tensor: Tensor): Tensor => substitutes.get(tensor) ?? tensor;
  for (const node of nodesOf(outputs, replacements)) {
    if (untouched.has(node) || !node.inputs.some((tensor) => substitutes.has(tensor))) continue;
    const { operator, attributes, inputs, name } = node;
    const copy = createNode(operator, inputs.map(current), attributes, node.outputs, name);
    // Of a node with several outputs, only some may be replaced.
    node.outputs.forEach((output, index) => {
      if (!replacements.has(output)) substitutes.set(output, copy.outputs[index]!);
    });
  }
  return outputs.map(current);
}
