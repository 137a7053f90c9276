/**
 * A trained RoPE whose queries and keys are turned by other positions where they are far apart, so that no distance is new
 * to it: the methods of remapped-distances.ts as encodings. Nobody trains with them; `extend` makes them of `rope`.
 *
 *     near keys   score = R(i)q · R(j)k, as trained
 *     far keys    score = R(a)q · R(b)k, with the positions a of the query and b of the key that the method gives
 *
 * Each far rule is one more product of queries and keys, of which the entries where it holds are taken.
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], in place of their product
 * Learns:     nothing
 * Reference:  remapped-distances.ts names the code of each method; bojone/rerope for the factor of queries
 * Differs:    see remapped-distances.ts. The products are joined before one softmax; ChunkLlama joins three of them, which
 *             is the same, and multiplies its cosines and sines by 0.05 · ln(N/L) + 1 in addition, which its paper does not
 *
 * @module
 */
import { add, maximum, minimum, multiply } from "../../operators/arithmetic.ts";
import { less } from "../../operators/comparison.ts";
import { matmul } from "../../operators/matmul.ts";
import { unsqueeze } from "../../operators/movement.ts";
import { log } from "../../operators/pointwise.ts";
import { scalar } from "../../operators/source.ts";
import { where } from "../../operators/where.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { geometricFrequencies, headAngles } from "../parts/angles.ts";
import type { PairLayout } from "../parts/rotation.ts";
import { turnPairs } from "../parts/rotation.ts";
import { queryFactor } from "../parts/query-factor.ts";
import type {
  EncodingContext,
  LayerContext,
  PositionEncoding,
  Positions,
} from "../position-encoding.ts";

/** Positions that a rule turns by, int32 as those that it is given, and where it holds. */
export interface FarRule {
  /** Of queries `[query]` or `[batch, query]`. */
  readonly query: (positions: Tensor) => Tensor;
  /** Of keys, which may depend on the queries of the pass. */
  readonly key: (positions: Tensor, queries: Tensor) => Tensor;
  /** Frequencies are divided by it, and angles of queries begin later. Default: neither. */
  readonly slower?: { readonly by: number; readonly from: number };
  /** Where keys are far: a number of 0 or more there, below 0 elsewhere, float32 `[query, key]` or with a batch before. */
  readonly holds: (places: Places) => Tensor;
}

/** Positions of a pass. */
export interface Places {
  /** Query minus key, float32. */
  readonly distance: Tensor;
  /** `[query, 1]` and `[1, key]`, or with a batch before, int32. */
  readonly queries: Tensor;
  readonly keys: Tensor;
}

/** What an encoding is made of. */
export interface RemappedRope {
  readonly id: string;
  readonly base: number;
  readonly rotated: number;
  readonly layout: PairLayout;
  /** Later ones take the place of earlier ones. */
  readonly far: readonly FarRule[];
  /** Where keys are seen: 0 or more there, below 0 elsewhere. Default: all are. */
  readonly sees?: (places: Places) => Tensor;
  /** Queries beyond so many positions grow with the logarithm of theirs. Default: none do. */
  readonly logLength?: number;
}

/** Per position that is not seen, as in model/masks.ts. */
const perPosition = 1e30;

/** The encoding. */
export function remappedRope(made: RemappedRope): PositionEncoding {
  const { id, base, rotated, layout, far, sees, logLength } = made;
  const frequencies = geometricFrequencies(rotated, base);
  const turned = (x: Tensor, positions: Positions, divided = 1, from = 0): Tensor => {
    const own = divided === 1 ? frequencies : frequencies.map((each) => each / divided);
    const phases = from === 0 ? undefined : own.map((each) => each * from);
    return turnPairs(x, headAngles(positions, own, phases), layout);
  };
  const grown = (query: Tensor, context: LayerContext): Tensor =>
    logLength === undefined
      ? query
      : logFactor(logLength)(query, context.queries, "query", context);
  return {
    id,
    parameters: [],
    product({ rawQuery, rawKey, scale }, context) {
      const { queries, keys } = context;
      const query = grown(rawQuery, context);
      const places = placesOf(context);
      const product = (q: Tensor, k: Tensor): Tensor => matmul(q, k, { transposeB: true, scale });
      let scores = product(turned(query, queries), turned(rawKey!, keys));
      for (const { slower = { by: 1, from: 0 }, ...rule } of far) {
        const a = turned(query, moved(queries, rule.query), slower.by, slower.from);
        const keyOf = (positions: Tensor): Tensor => rule.key(positions, queries.tensor);
        const b = turned(rawKey!, moved(keys, keyOf), slower.by);
        scores = where(less(rule.holds(places), scalar(0)), scores, product(a, b));
      }
      return scores;
    },
    ...(sees && {
      bias: (context: EncodingContext) =>
        multiply(minimum(sees(placesOf(context)), 0), perPosition),
    }),
    cache: { keys: "raw" },
    shiftInvariant: false,
  };
}

function moved({ tensor }: Positions, by: (positions: Tensor) => Tensor): Positions {
  return { tensor: by(tensor) };
}

/** Positions beside distances, which have an axis for heads where they have a batch. */
function placesOf({ distance, queries, keys }: EncodingContext): Places {
  const batched = distance.shape.length > 2;
  const placed = (tensor: Tensor, axis: -1 | -2): Tensor => {
    const row = unsqueeze(tensor, axis);
    return batched && row.shape.length === 3 ? unsqueeze(row, 1) : row;
  };
  return { distance, queries: placed(queries.tensor, -1), keys: placed(keys.tensor, -2) };
}

/** `max(1, ln(i + 1) / ln L)`. */
function logFactor(length: number): NonNullable<PositionEncoding["rotate"]> {
  const scale = 1 / Math.log(length);
  return queryFactor({
    of: (position) => Math.max(1, Math.log(position + 1) * scale),
    graph: (positions) => maximum(multiply(log(add(positions, 1)), scale), 1),
  });
}
