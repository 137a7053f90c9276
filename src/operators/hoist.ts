/**
 * Loop-invariant code motion for a map over blocks.
 *
 * A tensor of the body that depends only on shared inputs is the same in every block. It is hoisted: computed
 * once outside, and given to the body as one more shared input. So its gradient is summed over the blocks first
 * and propagated once.
 *
 * @module
 */
import { substitute } from "../tensor/substitute.ts";
import { nodesOf } from "../tensor/tensor.ts";
import type { Node, Tensor } from "../tensor/tensor.ts";
import type { BlockBody, BlockEntry } from "./block-body.ts";
import { input } from "./source.ts";

/** The same map with everything that can be hoisted moved out of the body. */
export function hoist(body: BlockBody): BlockBody {
  const { entries, block, results } = body;
  const shared = new Map(
    entries.flatMap(({ source, placeholder }) =>
      source.kind === "shared" ? [[placeholder, source.tensor] as const] : [],
    ),
  );
  const given = new Set([block, ...entries.map(({ placeholder }) => placeholder)]);
  const outputs = results.map(({ tensor }) => tensor);
  const nodes = nodesOf(outputs, given);
  const invariant = new Set<Tensor>(shared.keys());
  // Tensors that depend on constants only are invariant too, but hoisting them would gain nothing.
  const constant = new Set<Tensor>();
  for (const node of nodes) {
    if (node.outputs.some((tensor) => outputs.includes(tensor)) || changesSize(node, body))
      continue;
    if (!node.inputs.every((tensor) => invariant.has(tensor) || constant.has(tensor))) continue;
    const kind = node.inputs.some((tensor) => invariant.has(tensor)) ? invariant : constant;
    for (const tensor of node.outputs) kind.add(tensor);
  }
  const needed = new Set(
    nodes
      .filter((node) => !node.outputs.some((tensor) => invariant.has(tensor)))
      .flatMap((node) =>
        node.inputs.filter((tensor) => invariant.has(tensor) && !shared.has(tensor)),
      ),
  );
  if (needed.size === 0) return body;
  const moved = [...needed];
  const outside = substitute(moved, shared);
  const added = moved.map(({ shape, dtype }, position): BlockEntry => ({
    source: { kind: "shared", tensor: outside[position]! },
    placeholder: input(`hoisted ${position}`, shape, dtype),
  }));
  const inside = substitute(
    outputs,
    new Map(moved.map((tensor, position) => [tensor, added[position]!.placeholder])),
  );
  return {
    ...body,
    entries: [...entries, ...added],
    results: results.map((result, position) => ({ ...result, tensor: inside[position]! })),
  };
}

/** Whether an output has the size of a prefix, which grows from block to block. */
function changesSize(node: Node, { prefixes }: BlockBody): boolean {
  const symbols = [...prefixes.values()];
  return node.outputs.some(({ shape }) =>
    shape.some((size) => symbols.some((name) => `${size}`.split(/\W/).includes(name))),
  );
}
