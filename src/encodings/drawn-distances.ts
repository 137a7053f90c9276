/**
 * Distances that were drawn: the n-th token before a query stands not n away but as far as the draw says.
 *
 *     distance(i, j) = d[n] for n = i − j ≥ 0, −d[−n] otherwise,   d = positions − first position
 *
 * Unlike differences of drawn positions, all pairs n tokens apart have one distance, so whatever depends
 * on the distance alone is still laid out by diagonals. Keys are the text from its first token on, and
 * queries its last tokens; that is so in training and in cached decoding, in blocks of rows and whole.
 *
 * @module
 */
import { minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { gather } from "../operators/indexing.ts";
import { reshape } from "../operators/movement.ts";
import { absolute, sign } from "../operators/pointwise.ts";
import { slice } from "../operators/slicing.ts";
import { range } from "../operators/source.ts";
import { addDimensions, subtractDimensions } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { EncodingContext } from "./position-encoding.ts";
import { distanceLayout } from "./toeplitz.ts";
import type { DistanceLayout } from "./toeplitz.ts";

/** The context with drawn distances in the place of differences of positions. */
export function withDrawnDistances<Context extends EncodingContext>(context: Context): Context {
  const { layout, distances } = drawnDistances(context);
  return {
    ...context,
    queries: { tensor: context.queries.tensor },
    keys: { tensor: context.keys.tensor },
    distance: layout.spread(distances),
  };
}

/** What a bias of the distance alone is at drawn distances: asked once for each distance, then laid out. */
export function biasAtDrawnDistances<Context extends EncodingContext>(
  bias: (context: Context) => Tensor,
  context: Context,
): Tensor {
  const { layout, distances } = drawnDistances(context);
  const count = distances.shape[0]!;
  const origin = slice(context.queries.tensor, 0, 0, 1);
  const numbers = bias({
    ...context,
    queries: { tensor: subtract(origin, origin) },
    keys: { tensor: subtract(0, cast(distances, "int32")) },
    distance: reshape(distances, [1, count]),
  });
  return layout.spread(reshape(numbers, [...numbers.shape.slice(0, -2), count]));
}

/** The layout of counts of tokens between query and key, and the distance drawn for each. */
function drawnDistances({ queries, keys }: EncodingContext): {
  readonly layout: DistanceLayout;
  /** float32 `[query + key]` */
  readonly distances: Tensor;
} {
  if (keys.tensor.shape.length !== 1)
    throw new RangeError(
      "randomized: drawn distances have no rows of a batch. Give texts of one length, without padding.",
    );
  const [rows, columns] = [queries.tensor.shape[0]!, keys.tensor.shape[0]!];
  const places = range(columns);
  const last = slice(places, 0, subtractDimensions(columns, rows), rows);
  const layout = distanceLayout({
    queries: { tensor: last, consecutive: true },
    keys: { tensor: places, consecutive: true },
  })!;
  // Whole numbers, exact in float32. The slot that is not used counts one token more than there are.
  const counts = layout.distances.tensor;
  const furthest = cast(slice(places, 0, addDimensions(columns, -1), 1), "float32");
  const drawn = gather(keys.tensor, cast(minimum(absolute(counts), furthest), "int32"));
  const steps = cast(subtract(drawn, slice(keys.tensor, 0, 0, 1)), "float32");
  return { layout, distances: multiply(sign(counts), steps) };
}
