/**
 * Whether a graph is legal: what everything that reads one relies on.
 *
 * Operators check each call as it is made; this checks a finished graph, however it was made, for
 * tests and for code that rewrites graphs.
 *
 * @module
 */
import { multiplyDimensions } from "./dimension.ts";
import type { Dimension } from "./dimension.ts";
import { printShape, sameShape } from "./shape.ts";
import { nodesOf } from "./tensor.ts";
import type { DType, Node, Tensor } from "./tensor.ts";

/** A graph breaks a rule; the message names the node and the rule. */
export class IllegalGraph extends Error {
  override readonly name = "IllegalGraph";
}

const types: readonly DType[] = ["float32", "int32", "bool"];

/**
 * Throws an IllegalGraph unless the graph of `outputs` is legal: nodes come after what they read,
 * tensors are what their operators infer, graphs inside nodes are legal and closed, and, where `given`
 * lists the inputs, no other is used.
 */
export function verify(outputs: readonly Tensor[], given?: readonly Tensor[]): void {
  const nodes = nodesOf(outputs, new Set(given ?? []));
  for (const tensor of outputs) requireOwn(tensor, "output");
  const names = new Set<unknown>();
  for (const node of nodes) {
    for (const input of node.inputs) {
      requireOwn(input, `input of ${node.name}`);
      if (input.node.id >= node.id)
        throw illegal(node, `reads ${input.node.name} (${input.node.id}), which comes after it`);
    }
    if (node.operator.name === "input") {
      const name = node.attributes["name"];
      if (given !== undefined) throw illegal(node, `"${String(name)}" is used but not given`);
      if (names.has(name)) throw illegal(node, `another input is called "${String(name)}" too`);
      names.add(name);
    }
    verifyOutputs(node);
    const nested = node.operator.nested?.(node);
    if (nested) verify(nested.outputs, nested.given);
  }
}

function verifyOutputs(node: Node): void {
  if (node.outputs.length === 0) throw illegal(node, "has no outputs");
  for (const { shape, dtype } of node.outputs) {
    if (!types.includes(dtype)) throw illegal(node, `has type ${String(dtype)}`);
    const strange = shape.find((dimension) => !isCanonical(dimension));
    if (strange !== undefined) throw illegal(node, `has the dimension ${String(strange)}`);
  }
  let inferred;
  try {
    inferred = node.operator.infer?.(node);
  } catch (cause) {
    throw illegal(node, `refuses its own inputs: ${(cause as Error).message}`, cause);
  }
  if (inferred === undefined) return;
  if (inferred.length !== node.outputs.length)
    throw illegal(node, `has ${node.outputs.length} outputs, its operator ${inferred.length}`);
  inferred.forEach(({ shape, dtype }, index) => {
    const output = node.outputs[index]!;
    if (dtype !== output.dtype || !sameShape(shape, output.shape))
      throw illegal(
        node,
        `has output ${index} as ${output.dtype} ${printShape(output.shape)}, its operator infers ` +
          `${dtype} ${printShape(shape)}`,
      );
  });
}

/** A size, or text as the arithmetic of dimensions writes it. */
function isCanonical(dimension: Dimension): boolean {
  if (typeof dimension === "number") return Number.isInteger(dimension) && dimension >= 0;
  try {
    return multiplyDimensions(dimension, 1) === dimension;
  } catch {
    return false;
  }
}

function requireOwn(tensor: Tensor, role: string): void {
  if (tensor.node.outputs[tensor.index] !== tensor)
    throw illegal(tensor.node, `does not own the tensor that is ${role}; it was copied`);
}

function illegal(node: Node, rule: string, cause?: unknown): IllegalGraph {
  return new IllegalGraph(`graph: node ${node.name} (${node.id}) ${rule}.`, { cause });
}
