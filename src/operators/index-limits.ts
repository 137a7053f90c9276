/**
 * Which inputs of a graph choose entries of an axis, and among how many: token ids in a table, targets in logits.
 *
 * Found by following int32 inputs through operators that only rearrange them, into the bodies of maps too. So a
 * program can check what it is given before a run, where a device would take −1 as the last entry.
 *
 * @module
 */
import { nodesOf } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { inputName } from "./source.ts";

/** How far the numbers of an input may go. */
export interface IndexLimit {
  /** They are whole numbers from 0 to `entries` − 1; Infinity where the axis has a symbol as its size. */
  readonly entries: number;
  /** The node that chooses, for messages. */
  readonly node: string;
}

/** The limits by the names of the inputs. Where several nodes read one input, the smallest axis counts. */
export function indexLimits(outputs: readonly Tensor[]): ReadonlyMap<string, IndexLimit> {
  const limits = new Map<string, IndexLimit>();
  follow(outputs, new Map(), limits);
  return limits;
}

/** Names of the inputs whose numbers a tensor holds. */
type Held = ReadonlyMap<Tensor, readonly string[]>;

function follow(outputs: readonly Tensor[], given: Held, limits: Map<string, IndexLimit>): void {
  const held = new Map(given);
  const namesIn = (tensor: Tensor): readonly string[] => held.get(tensor) ?? [];
  for (const node of nodesOf(outputs, given)) {
    const { operator, inputs } = node;
    const [first] = node.outputs;
    const name = first && inputName(first);
    if (name !== undefined) {
      if (first!.dtype === "int32") held.set(first!, [name]);
      continue;
    }
    if (operator.rearranges === true) {
      const names = [...new Set(inputs.flatMap(namesIn))];
      if (names.length > 0) for (const output of node.outputs) held.set(output, names);
    }
    const chosen = operator.chooses?.(node);
    if (chosen) {
      const entries = typeof chosen.entries === "number" ? chosen.entries : Infinity;
      for (const name of namesIn(chosen.indices)) {
        const known = limits.get(name);
        if (known === undefined || entries < known.entries)
          limits.set(name, { entries, node: node.name });
      }
    }
    const nested = operator.nested?.(node);
    if (nested) {
      const before = nested.given.length - inputs.length;
      const inner = nested.given.map((tensor, place): [Tensor, readonly string[]] => [
        tensor,
        place < before ? [] : namesIn(inputs[place - before]!),
      ]);
      follow(nested.outputs, new Map(inner), limits);
    }
  }
}
