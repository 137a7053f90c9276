/**
 * A graph as text, one node a line, for people.
 *
 *     %0 = input(name="scores") float32 [batch, 7, 7]
 *     %1 = softmax(%0) float32 [batch, 7, 7]  # blocks.0.attention/softmax
 *
 * Tensors are numbered in the order in which they appear. The nested graph of a node is indented below it.
 *
 * @module
 */
import { printShape } from "./shape.ts";
import { nodesOf } from "./tensor.ts";
import type { Node, Tensor } from "./tensor.ts";

/** How many elements of an array are printed; of a longer one the length is printed as well. */
const printedElements = 6;

/** The graph of `outputs` as text: one line for each node that they need, then a line that returns them. */
export function printGraph(outputs: readonly Tensor[]): string {
  return lines(outputs, new Map()).join("\n");
}

function lines(outputs: readonly Tensor[], numbers: Map<Tensor, number>): string[] {
  const name = (tensor: Tensor): string => {
    if (!numbers.has(tensor)) numbers.set(tensor, numbers.size);
    return `%${numbers.get(tensor)}`;
  };
  const nodes = nodesOf(outputs, new Map(numbers)).flatMap((node) => {
    const results = node.outputs.map(name).join(", ");
    const call = [...node.inputs.map(name), ...attributes(node)].join(", ");
    const types = node.outputs.map(({ shape, dtype }) => `${dtype} ${printShape(shape)}`);
    const comment = node.name === node.operator.name ? "" : `  # ${node.name}`;
    const line = `${results} = ${node.operator.name}(${call}) ${types.join(", ")}${comment}`;
    return [line, ...nestedLines(node, numbers, name)];
  });
  return [...nodes, `return ${outputs.map(name).join(", ")}`];
}

function nestedLines(
  node: Node,
  numbers: Map<Tensor, number>,
  name: (tensor: Tensor) => string,
): string[] {
  const nested = node.operator.nested?.(node);
  if (nested === undefined) return [];
  const given = nested.given.map(
    (tensor) => `${name(tensor)} ${tensor.dtype} ${printShape(tensor.shape)}`,
  );
  return [`body (${given.join(", ")})`, ...lines(nested.outputs, numbers)].map(
    (line) => `    ${line}`,
  );
}

/** Attributes that are numbers, text or lists of them, without shape and dtype, which follow the call. */
function attributes(node: Node): string[] {
  return Object.entries(node.attributes).flatMap(([key, value]) => {
    if (key === "shape" || key === "dtype") return [];
    const text = printAttribute(value);
    return text === undefined ? [] : [`${key}=${text}`];
  });
}

function printAttribute(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return undefined;
  const list = Array.from(value as ArrayLike<unknown>);
  if (list.some((element) => typeof element === "object")) return undefined;
  const start = list.slice(0, printedElements).join(", ");
  return list.length > printedElements ? `[${start}, … ${list.length} values]` : `[${start}]`;
}
