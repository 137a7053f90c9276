/**
 * What every block of a map would compute alike, computed once outside.
 *
 * A tensor of the body that depends on shared inputs alone is the same in each block. It moves out, and its
 * value comes in as one more shared input; its gradient is then added up over the blocks before it goes on.
 *
 * @module
 */
import { substitute } from "../tensor/substitute.ts";
import { nodesOf } from "../tensor/tensor.ts";
import type { Node, Tensor } from "../tensor/tensor.ts";
import type { BlockBody, BlockEntry } from "./block-body.ts";
import { input } from "./source.ts";

/** The same map with the smallest body. */
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
  const alike = new Set<Tensor>(shared.keys());
  // Constants are the same in each block, too, but there is nothing to gain.
  const constant = new Set<Tensor>();
  for (const node of nodes) {
    if (node.outputs.some((tensor) => outputs.includes(tensor)) || changesSize(node, body))
      continue;
    if (!node.inputs.every((tensor) => alike.has(tensor) || constant.has(tensor))) continue;
    const kind = node.inputs.some((tensor) => alike.has(tensor)) ? alike : constant;
    for (const tensor of node.outputs) kind.add(tensor);
  }
  const needed = new Set(
    nodes
      .filter((node) => !node.outputs.some((tensor) => alike.has(tensor)))
      .flatMap((node) => node.inputs.filter((tensor) => alike.has(tensor) && !shared.has(tensor))),
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

/** Whether a node's size is that of a prefix, which grows from block to block. */
function changesSize(node: Node, { prefixes }: BlockBody): boolean {
  const symbols = [...prefixes.values()];
  return node.outputs.some(({ shape }) =>
    shape.some((size) => symbols.some((name) => `${size}`.split(/\W/).includes(name))),
  );
}
