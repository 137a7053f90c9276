/**
 * Products of vectors with a table of distances, as terms of the scores and of the values.
 *
 *     vectorsByDistance   c_ij = x_i · t(i − j)   or   x_j · t(i − j)
 *     valuesByDistance    o_i  = Σ_j w_ij t(i − j)
 *
 * Where positions are consecutive, one product with a vector for each distance that occurs is laid out
 * by diagonals: memory and time grow with `query · (query + key)`, not with `query · key · width`.
 * Causal attention lays out the past alone; entries of the future, which it masks, are not meant then.
 *
 * @module
 */
import { multiply } from "../../operators/arithmetic.ts";
import { matmul } from "../../operators/matmul.ts";
import { reshape, transpose, unsqueeze } from "../../operators/movement.ts";
import { sum } from "../../operators/reduction.ts";
import { sizeOf } from "../../tensor/dimension.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { keysByBlocks } from "./key-blocks.ts";
import { pastKeyLayout, pastLayout } from "./past-layout.ts";
import type { EncodingContext } from "../position-encoding.ts";
import { distanceLayout, keyDistanceLayout } from "./toeplitz.ts";
import type { Distances } from "./toeplitz.ts";

/** Vectors of n distances, `[heads or 1, n, width]`. */
export type DistanceTable = (distances: Distances) => Tensor;

/**
 * `[batch, heads, rows, width]`, of queries or of keys, times the table's vector of each distance
 * → `[batch, heads, query, key]`.
 */
export function vectorsByDistance(
  vectors: Tensor,
  role: "query" | "key",
  table: DistanceTable,
  context: EncodingContext,
): Tensor {
  if (role === "query") {
    const layout = pastLayout(context) ?? distanceLayout(context);
    if (layout !== undefined)
      return layout.skew(matmul(vectors, table(layout.distances), { transposeB: true }));
  } else if (context.queries.tensor.shape.at(-1) !== 1) {
    // A single query has one distance to each key: pairs are fewer then than keys times distances.
    const parted = keysByBlocks(vectors, table, context);
    if (parted !== undefined) return parted;
    const layout = pastKeyLayout(context) ?? keyDistanceLayout(context);
    if (layout !== undefined)
      return transpose(
        layout.skew(matmul(vectors, table(layout.distances), { transposeB: true })),
        [0, 1, 3, 2],
      );
  }
  // [batch, heads, query or 1, 1 or key, width] · [batch or 1, heads or 1, query, key, width]
  const rows = unsqueeze(vectors, role === "query" ? 3 : 2);
  return sum(multiply(rows, tableOfPairs(table, context)), { axes: [-1] });
}

/** `[batch, heads, query, key]` weights over the table's vectors → `[batch, heads, query, width]`. */
export function valuesByDistance(
  weights: Tensor,
  table: DistanceTable,
  context: EncodingContext,
): Tensor {
  const layout = pastLayout(context) ?? distanceLayout(context);
  if (layout !== undefined) return matmul(layout.unskew(weights), table(layout.distances));
  return sum(multiply(unsqueeze(weights, 4), tableOfPairs(table, context)), { axes: [3] });
}

/** The table's vector of every pair, `[batch or 1, heads or 1, query, key, width]`. */
function tableOfPairs(table: DistanceTable, { distance }: EncodingContext): Tensor {
  const vectors = table({ tensor: reshape(distance, [sizeOf(distance.shape)]) });
  const [heads, , width] = vectors.shape;
  const [query, key] = distance.shape.slice(-2);
  const batch = distance.shape.length === 2 ? 1 : distance.shape[0]!;
  const pairs = reshape(vectors, [heads!, batch, query!, key!, width!]);
  return transpose(pairs, [1, 0, 2, 3, 4]);
}
