/**
 * Rematerialisation: gradients compute cheap tensors of the forward pass again instead of keeping them.
 *
 * Where a gradient reads a tensor that was created inside `rematerialise`, the graph computes a second copy of
 * that tensor, from the nearest tensors that are kept. So the first copy can be freed during the forward pass.
 *
 * Source:  Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost, arXiv 1604.06174
 *
 * @module
 */
import { barrier } from "../operators/barrier.ts";
import { substitute } from "../tensor/substitute.ts";
import { createNode, nodesOf } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A second node with the same operator and inputs, which is not merged with the first; its output. */
export function rebuilt({ node, index }: Tensor): Tensor {
  const { operator, inputs, attributes, outputs, name } = node;
  return createNode(operator, inputs.map(barrier), attributes, outputs, name).outputs[index]!;
}

/**
 * `derived` with copies of the rematerialised tensors that it reads from the graph of `outputs`.
 *
 * @param derived gradients of `outputs`
 */
export function recompute(derived: readonly Tensor[], outputs: readonly Tensor[]): Tensor[] {
  const forward = new Set(nodesOf(outputs));
  const isRematerialised = ({ node, index }: Tensor): boolean =>
    forward.has(node) && node.rematerialised?.kept.has(node.outputs[index]!) === false;
  const copies = new Map<Tensor, Tensor>();
  const copyOf = (tensor: Tensor): Tensor => {
    const known = copies.get(tensor);
    if (known) return known;
    if (!isRematerialised(tensor)) {
      copies.set(tensor, barrier(tensor));
    } else {
      const { operator, inputs, attributes, outputs: originals, name } = tensor.node;
      const copy = createNode(
        operator,
        inputs.map(copyOf),
        attributes,
        originals,
        `${name} rebuilt`,
      );
      originals.forEach((output, index) => copies.set(output, copy.outputs[index]!));
    }
    return copies.get(tensor)!;
  };
  const replacements = new Map<Tensor, Tensor>();
  for (const node of nodesOf(derived))
    if (!forward.has(node))
      for (const tensor of node.inputs)
        if (isRematerialised(tensor)) replacements.set(tensor, copyOf(tensor));
  return substitute(derived, replacements, forward);
}
