/**
 * Gradient accumulation: a step in micro-batches, with one of them in memory at a time.
 *
 * The micro-batches are the blocks of one `mapBlocks`, whose body holds the forward and the backward
 * pass of a micro-batch; its results are summed over the blocks and divided by their number. With
 * micro-batches of one size that is the mean over the whole batch.
 *
 * @module
 */
import { divide } from "../operators/arithmetic.ts";
import { mapBlocks } from "../operators/map-blocks.ts";
import { reshape } from "../operators/movement.ts";
import { substitute } from "../tensor/substitute.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What is computed for each micro-batch. */
export interface MicroBatches {
  readonly count: number;
  /** Tensors `[count, ...]`; each micro-batch is given its own row `[...]`. */
  readonly sliced: readonly Tensor[];
  /** Every other tensor that `compute` uses, the same for all micro-batches: parameters above all. */
  readonly shared: readonly Tensor[];
  /** float32 tensors of one micro-batch, from its rows of `sliced` and its number, an int32 scalar. */
  readonly compute: (rows: readonly Tensor[], number: Tensor) => readonly Tensor[];
}

/** The means over the micro-batches of what `compute` returns, in its order. */
export function meanOverMicroBatches(given: MicroBatches): readonly Tensor[] {
  const { count, sliced, shared, compute } = given;
  const sums = mapBlocks({
    blocks: count,
    inputs: [
      ...sliced.map((tensor) => ({ tensor, kind: "sliced", axis: 0 }) as const),
      ...shared.map((tensor) => ({ tensor, kind: "shared" }) as const),
    ],
    body(placeholders, number) {
      const rows = sliced.map(({ shape }, place) => reshape(placeholders[place]!, shape.slice(1)));
      // A body may not use outer tensors, and `compute` does: its own placeholders replace them.
      const inner = new Map(
        shared.map((tensor, place) => [tensor, placeholders[sliced.length + place]!]),
      );
      const results = substitute(compute(rows, number), inner);
      return results.map((tensor) => ({ tensor, kind: "summed" }) as const);
    },
  });
  return sums.map((sum) => divide(sum, count));
}
