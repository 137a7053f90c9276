/**
 * Gradients that compute cheap values of the forward pass again instead of keeping them.
 *
 * What was made inside `rematerialise` and is read by a gradient is made a second time, beside its reader, from
 * the nearest tensors that are kept. So a training step holds them only while they are used.
 *
 * Source:  Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost, arXiv 1604.06174
 *
 * @module
 */
import { barrier } from "../operators/barrier.ts";
import { substitute } from "../tensor/substitute.ts";
import { createNode, nodesOf } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The same tensor from a second node, which has the same inputs. */
export function rebuilt({ node, index }: Tensor): Tensor {
  const { operator, inputs, attributes, outputs, name } = node;
  return createNode(operator, inputs.map(barrier), attributes, outputs, name).outputs[index]!;
}

/** `derived`, with every transient tensor that only `outputs` needed computed again. */
export function recompute(derived: readonly Tensor[], outputs: readonly Tensor[]): Tensor[] {
  const forward = new Set(nodesOf(outputs));
  const isTransient = ({ node, index }: Tensor): boolean =>
    node.transient !== undefined && !node.transient.has(node.outputs[index]!) && forward.has(node);
  const copies = new Map<Tensor, Tensor>();
  const copyOf = (tensor: Tensor): Tensor => {
    const known = copies.get(tensor);
    if (known) return known;
    if (!isTransient(tensor)) {
      copies.set(tensor, barrier(tensor));
    } else {
      const { operator, inputs, attributes, outputs: made, name } = tensor.node;
      const copy = createNode(operator, inputs.map(copyOf), attributes, made, `${name} again`);
      made.forEach((output, index) => copies.set(output, copy.outputs[index]!));
    }
    return copies.get(tensor)!;
  };
  const replacements = new Map<Tensor, Tensor>();
  for (const node of nodesOf(derived))
    if (!forward.has(node))
      for (const tensor of node.inputs)
        if (isTransient(tensor)) replacements.set(tensor, copyOf(tensor));
  return substitute(derived, replacements, forward);
}
