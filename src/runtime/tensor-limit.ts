/**
 * Refuses a graph with a tensor that alone does not fit in memory, before the runtime tries to allocate it: it would end
 * the process.
 *
 * @module
 */
import { gigabytes, howToRaise, memoryLimit } from "../memory.ts";
import { printShape } from "../tensor/shape.ts";
import { nodesOf } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

const bytesOf = { float32: 4, int32: 4, bool: 1 } as const;

/**
 * Checks every tensor whose shape is known.
 *
 * @throws {RangeError} naming the largest tensor, what it needs and the limit
 */
export function refuseLargeTensors(outputs: readonly Tensor[]): void {
  const limit = memoryLimit();
  let largest: { readonly tensor: Tensor; readonly bytes: number } | undefined;
  for (const node of nodesOf(outputs))
    for (const tensor of node.outputs) {
      const sizes = tensor.shape.filter((size) => typeof size === "number");
      if (sizes.length < tensor.shape.length) continue;
      const bytes = sizes.reduce((product, size) => product * size, bytesOf[tensor.dtype]);
      if (bytes > limit && bytes > (largest?.bytes ?? 0)) largest = { tensor, bytes };
    }
  if (largest === undefined) return;
  const { tensor, bytes } = largest;
  throw new RangeError(
    `compile: ${tensor.node.name} ${printShape(tensor.shape)} alone takes ${gigabytes(bytes)}, and this machine has ` +
      `${gigabytes(limit)}. Choose a smaller batch, a shorter length, or smaller options of the encoding. ${howToRaise}`,
  );
}
