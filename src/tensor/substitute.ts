/**
 * The same computation from other tensors.
 *
 * @module
 */
import { createNode, nodesOf } from "./tensor.ts";
import type { Node, Tensor } from "./tensor.ts";

/**
 * `outputs` with every use of a replaced tensor taken from its replacement, which has the same shape
 * and type; nodes that do not depend on one are kept as they are, and so are those in `untouched`.
 */
export function substitute(
  outputs: readonly Tensor[],
  replacements: ReadonlyMap<Tensor, Tensor>,
  untouched: ReadonlySet<Node> = new Set(),
): Tensor[] {
  const now = new Map(replacements);
  const current = (tensor: Tensor): Tensor => now.get(tensor) ?? tensor;
  for (const node of nodesOf(outputs, replacements)) {
    if (untouched.has(node) || !node.inputs.some((tensor) => now.has(tensor))) continue;
    const { operator, attributes, inputs, name } = node;
    const copy = createNode(operator, inputs.map(current), attributes, node.outputs, name);
    // A node may have outputs that are replaced beside ones that are not.
    node.outputs.forEach((output, index) => {
      if (!replacements.has(output)) now.set(output, copy.outputs[index]!);
    });
  }
  return outputs.map(current);
}
