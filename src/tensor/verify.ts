/**
 * Verification of a finished graph, for tests and for code that rewrites graphs.
 *
 * Operators check each call when it is made. A graph that was rewritten or put together by hand has not been
 * checked in this way.
 *
 * @module
 */
import { multiplyDimensions } from "./dimension.ts";
import type { Dimension } from "./dimension.ts";
import { printShape, sameShape } from "./shape.ts";
import { nodesOf } from "./tensor.ts";
import type { DType, Node, Tensor } from "./tensor.ts";

/** A graph is not legal; the message names the node and the rule that it breaks. */
export class IllegalGraph extends Error {
  override readonly name = "IllegalGraph";
}

const types: readonly DType[] = ["float32", "int32", "bool"];

/**
 * Checks the graph of `outputs`: each node is created after its inputs, each output has the signature that
 * its operator infers, inputs have different names, and nested graphs are legal and use only their own inputs.
 *
 * @param given where it is present, the only graph inputs that may be used
 * @throws {IllegalGraph} for the first rule that is broken
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
      if (names.has(name))
        throw illegal(node, `has the name "${String(name)}", which another input has too`);
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
    if (!types.includes(dtype))
      throw illegal(node, `has dtype ${String(dtype)}, none of ${types.join(", ")}`);
    const wrong = shape.find((dimension) => !isCanonical(dimension));
    if (wrong !== undefined)
      throw illegal(
        node,
        `has the dimension ${String(wrong)}, no size and no canonical polynomial`,
      );
  }
  let inferred;
  try {
    inferred = node.operator.infer?.(node);
  } catch (cause) {
    throw illegal(node, `has inputs that its operator refuses: ${(cause as Error).message}`, cause);
  }
  if (inferred === undefined) return;
  if (inferred.length !== node.outputs.length)
    throw illegal(
      node,
      `has ${node.outputs.length} outputs, but its operator infers ${inferred.length}`,
    );
  inferred.forEach(({ shape, dtype }, index) => {
    const output = node.outputs[index]!;
    if (dtype !== output.dtype || !sameShape(shape, output.shape))
      throw illegal(
        node,
        `has output ${index} of ${output.dtype} ${printShape(output.shape)}, but its operator infers ` +
          `${dtype} ${printShape(shape)}`,
      );
  });
}

/** Whether it is a size, or a polynomial as the arithmetic of dimensions writes it. */
function isCanonical(dimension: Dimension): boolean {
  if (typeof dimension === "number") return Number.isInteger(dimension) && dimension >= 0;
  try {
    return multiplyDimensions(dimension, 1) === dimension;
  } catch {
    return false;
  }
}

/** @throws {IllegalGraph} unless the tensor is an output of its own node */
function requireOwn(tensor: Tensor, role: string): void {
  if (tensor.node.outputs[tensor.index] !== tensor)
    throw illegal(
      tensor.node,
      `does not have the tensor that is ${role} among its outputs: the tensor object was copied`,
    );
}

function illegal(node: Node, rule: string, cause?: unknown): IllegalGraph {
  return new IllegalGraph(`graph: node ${node.name} (${node.id}) ${rule}.`, { cause });
}
