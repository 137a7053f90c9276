/**
 * Products of keys with vectors of the distance, for fewer queries than keys.
 *
 * A row of keys by distance needs a product with every distance that any key has, `key²` of them. Keys in
 * blocks of p need `key · (query + p)`: a block has only the distances of its own p keys.
 *
 * @module
 */
import { add, divide, multiply, subtract } from "../../operators/arithmetic.ts";
import { cast } from "../../operators/cast.ts";
import { matmul } from "../../operators/matmul.ts";
import { reshape, transpose } from "../../operators/movement.ts";
import { min } from "../../operators/reduction.ts";
import { range } from "../../operators/source.ts";
import { multiplyDimensions } from "../../tensor/dimension.ts";
import type { Dimension } from "../../tensor/dimension.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { EncodingContext } from "../position-encoding.ts";
import { isConsecutive, keyDistanceLayout } from "./toeplitz.ts";
import type { Distances } from "./toeplitz.ts";

/** Below this, the products are too small to be worth their number. */
const smallestBlock = 16;

/**
 * `[batch, heads, key, width]` times the vector of each distance, `[heads or 1, n, width]` for n distances
 * → `[batch, heads, query, key]`; undefined where keys do not part into blocks.
 */
export function keysByBlocks(
  keys: Tensor,
  table: (distances: Distances) => Tensor,
  context: EncodingContext,
): Tensor | undefined {
  const size = blockSize(context);
  if (size === undefined) return undefined;
  const [batch, heads, length, width] = keys.shape as [Dimension, Dimension, Dimension, number];
  const queries = context.queries.tensor.shape[0] as number;
  // The factor of a symbolic length is exact, as size is a power of two; the product is a whole number.
  const blocks = multiplyDimensions(length, 1 / size);
  const span = size + queries;

  // Slot s of block b is the distance of its last key to query 0, less b blocks, and s more.
  const slot = range(multiplyDimensions(blocks, span));
  const block = divide(slot, span);
  const inBlock = subtract(slot, multiply(block, span));
  const first = subtract(min(context.queries.tensor), min(context.keys.tensor));
  const start = subtract(subtract(first, size - 1), multiply(block, size));
  const vectors = table({ tensor: cast(add(start, inBlock), "float32") });

  const parted = reshape(keys, [batch, heads, blocks, size, width]);
  const windows = reshape(vectors, [vectors.shape[0]!, blocks, span, width]);
  const products = matmul(parted, windows, { transposeB: true });
  const layout = keyDistanceLayout({
    queries: { tensor: range(queries), consecutive: true },
    keys: { tensor: range(size), consecutive: true },
  })!;
  // [batch, heads, blocks, size, query] → [batch, heads, query, key]
  return reshape(transpose(layout.skew(products), [0, 1, 4, 2, 3]), [
    batch,
    heads,
    queries,
    length,
  ]);
}

/** The largest power of two up to a quarter of the queries that parts queries and keys. */
function blockSize({ queries, keys }: EncodingContext): number | undefined {
  if (!isConsecutive(queries) || !isConsecutive(keys)) return undefined;
  const rows = queries.tensor.shape[0]!;
  const columns = keys.tensor.shape[0]!;
  const multiple = typeof columns === "number" ? columns : keys.lengthMultiple;
  if (typeof rows !== "number" || multiple === undefined || columns === rows) return undefined;
  for (let size = 2 ** Math.floor(Math.log2(rows / 4)); size >= smallestBlock; size /= 2)
    if (rows % size === 0 && multiple % size === 0) return size;
  return undefined;
}
