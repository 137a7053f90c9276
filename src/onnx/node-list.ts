/**
 * The nodes of one graph while it is written; equal nodes are written once.
 *
 * The runtime could remove repeated nodes too, but its passes take longer the more nodes there are, and an
 * optimiser repeats its scalars for every parameter.
 *
 * @module
 */
import type { OnnxAttribute } from "../tensor/tensor.ts";
import { content, isGraph } from "./attributes.ts";
import { encode, nodeMessage } from "./protobuf.ts";

/** A node of a graph, by the names of its tensors. */
export interface ListedNode {
  readonly opType: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph's nodes in order. */
export class NodeList {
  readonly #nodes: ListedNode[] = [];
  readonly #known = new Map<string, readonly string[]>();
  readonly #labels: { readonly from: string; readonly to: string }[] = [];

  /** The outputs of a node that computes the same, if there is one. */
  find(node: Omit<ListedNode, "outputs" | "name">, outputs: number): readonly string[] | undefined {
    const key = keyOf(node, outputs);
    return key === undefined ? undefined : this.#known.get(key);
  }

  /** Appends a node, which `find` then finds by `inputs`; these may be aliases of what it reads. */
  add(node: ListedNode, inputs: readonly string[] = node.inputs): void {
    this.#nodes.push(node);
    const key = keyOf({ ...node, inputs }, node.outputs.length);
    if (key !== undefined) this.#known.set(key, node.outputs);
  }

  /** Gives a tensor another name as well, as an output of the graph. */
  label(from: string, to: string): void {
    this.#labels.push({ from, to });
  }

  /**
   * The bytes of all nodes that `outputs` need. What they read, and what graphs inside them read, is
   * added to `reads`. A labelled tensor takes its label as its name; one that has two labels, comes from
   * outside or is read by a graph inside a node is copied instead.
   */
  finish(outputs: readonly string[], reads: Set<string>): Uint8Array[] {
    const inner = new Set(this.#nodes.flatMap((node) => [...readsOfGraphs(node)]));
    const own = new Set(this.#nodes.flatMap((node) => node.outputs));
    const labels = new Map<string, string>();
    const nodes = [...this.#nodes];
    for (const { from, to } of this.#labels)
      if (own.has(from) && !inner.has(from) && !labels.has(from)) labels.set(from, to);
      else
        nodes.push({
          opType: "Identity",
          domain: "",
          name: `output ${to}`,
          inputs: [from],
          outputs: [to],
          attributes: {},
        });
    const named = (name: string): string => labels.get(name) ?? name;
    for (const output of outputs) reads.add(output);
    // The runtime computes whatever a graph holds: nodes that nothing reads are left out.
    const live = nodes.toReversed().filter((node) => {
      if (!node.outputs.some((output) => reads.has(named(output)))) return false;
      for (const input of node.inputs) reads.add(named(input));
      for (const read of readsOfGraphs(node)) reads.add(read);
      return true;
    });
    return live.reverse().map(({ inputs, outputs, attributes, ...node }) =>
      encode(
        nodeMessage({
          ...node,
          inputs: inputs.map(named),
          outputs: outputs.map(named),
          attributes: Object.entries(attributes).map(([name, value]) => [name, content(value)]),
        }),
      ),
    );
  }
}

/** Text that is equal for nodes that compute the same; none for copies and for nodes with graphs inside. */
function keyOf(
  { opType, domain, inputs, attributes }: Omit<ListedNode, "outputs" | "name">,
  outputs: number,
): string | undefined {
  if (opType === "Identity" || Object.values(attributes).some((value) => isGraph(value))) return;
  return JSON.stringify([opType, domain, inputs, attributes, outputs]);
}

function* readsOfGraphs({ attributes }: ListedNode): Iterable<string> {
  for (const value of Object.values(attributes)) if (isGraph(value)) yield* value.reads;
}
