/**
 * Sampled distances: the n-th token before a query has the sampled distance instead of n.
 *
 *     distance(i, j) = d[n] for n = i − j ≥ 0, −d[−n] otherwise,   d = positions − first position
 *
 * Unlike differences of sampled positions, all pairs n tokens apart have one distance, so whatever depends
 * on the distance alone is still laid out by diagonals. Keys are the text from its first token on, and
 * queries its last tokens; that is so in training and in cached decoding, in blocks of rows and whole.
 *
 * @module
 */
import { add, minimum, multiply, subtract } from "../../operators/arithmetic.ts";
import { cast } from "../../operators/cast.ts";
import { gather, takeAlongAxis } from "../../operators/indexing.ts";
import { reshape, unsqueeze } from "../../operators/movement.ts";
import { abs, sign } from "../../operators/pointwise.ts";
import { sum } from "../../operators/reduction.ts";
import { slice } from "../../operators/slicing.ts";
import { fill, range } from "../../operators/source.ts";
import { addDimensions, subtractDimensions } from "../../tensor/dimension.ts";
import type { Dimension } from "../../tensor/dimension.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { EncodingContext } from "../position-encoding.ts";
import { distanceLayout } from "./toeplitz.ts";
import type { DistanceLayout } from "./toeplitz.ts";

/** The context with sampled distances in the place of differences of positions. */
export function withSampledDistances<Context extends EncodingContext>(context: Context): Context {
  const { layout, distances } = sampledDistances(context);
  const matrix = layout.spread(distances);
  return {
    ...context,
    queries: { tensor: context.queries.tensor },
    keys: { tensor: context.keys.tensor },
    distance: distances.shape.length === 1 ? matrix : unsqueeze(matrix, 1),
  };
}

/** What a bias of the distance alone is at sampled distances: computed once for each distance, then laid out. */
export function biasAtSampledDistances<Context extends EncodingContext>(
  bias: (context: Context) => Tensor,
  context: Context,
): Tensor {
  const { layout, distances } = sampledDistances(context);
  // One query at 0 and a key as far away as each distance says.
  const [count, ...batch] = [...distances.shape].reverse() as [Dimension, ...Dimension[]];
  const row = batch.length === 0 ? [1, count] : [...batch, 1, 1, count];
  const numbers = bias({
    ...context,
    queries: { tensor: fill([...batch, 1], 0, "int32") },
    keys: { tensor: subtract(0, cast(distances, "int32")) },
    distance: reshape(distances, row),
  });
  return layout.spread(reshape(numbers, [...numbers.shape.slice(0, -2), count]));
}

/** The layout of counts of tokens between query and key, and the distance sampled for each. */
function sampledDistances({ queries, keys, keyMask }: EncodingContext): {
  readonly layout: DistanceLayout;
  /** float32 `[query + key]`, or `[batch, query + key]` where positions have rows */
  readonly distances: Tensor;
} {
  const [rows, columns] = [queries.tensor.shape.at(-1)!, keys.tensor.shape.at(-1)!];
  const places = range(columns);
  const last = slice(places, 0, subtractDimensions(columns, rows), rows);
  const layout = distanceLayout({
    queries: { tensor: last, consecutive: true },
    keys: { tensor: places, consecutive: true },
  })!;
  // Whole numbers, exact in float32. The slot that is not used counts one token more than there are.
  const counts = layout.distances.tensor;
  const furthest = cast(slice(places, 0, addDimensions(columns, -1), 1), "float32");
  const steps = abs(counts);
  const at = (index: Tensor): Tensor => cast(minimum(index, furthest), "int32");
  if (keys.tensor.shape.length === 1) {
    const sampled = gather(keys.tensor, at(steps));
    const from = slice(keys.tensor, 0, 0, 1);
    return { layout, distances: multiply(sign(counts), cast(subtract(sampled, from), "float32")) };
  }
  // Padding comes before the text: a row's sample begins after it.
  const padding = keyMask
    ? sum(subtract(1, cast(keyMask, "float32")), { axes: [1], keep: true })
    : fill([keys.tensor.shape[0]!, 1], 0);
  const sampled = takeAlongAxis(keys.tensor, at(add(padding, steps)), 1);
  const from = takeAlongAxis(keys.tensor, at(padding), 1);
  return { layout, distances: multiply(sign(counts), cast(subtract(sampled, from), "float32")) };
}
