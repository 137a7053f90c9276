/**
 * T5's relative bias: a learned number for each head and bucket of distances.
 *
 * Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
 * 2019. https://arxiv.org/abs/1910.10683
 *
 *     score[h, i, j] = scoreScale · q_i·k_j + biasMultiplier · table[bucket(i − j), h]
 *
 *     n      = max(i − j, 0) causal, |i − j| otherwise, where future keys take the upper half
 *     bucket = n                                                          n < e = buckets / 2
 *              e + ⌊ln(n/e) / ln(maxDistance/e) · (buckets − e)⌋          else, at most buckets − 1
 *
 * (bidirectional: `buckets` in these two lines is half of all). The authors write key − query.
 *
 * Acts on:    attention scores [batch, heads, query, key]
 * Learns:     position.t5.table [buckets, heads], one for all layers, from N(0, 0.02²); it does not decay: T5 trains
 *             without decay (t5x, examples/t5/t5_1_1/base.gin), and Swin exempts such a table by name
 * Reference:  transformers, models/t5/modeling_t5.py, T5Attention
 * Differs:    scores are scaled by headDim^−½. T5 has no scale (`scoreScale: 1`) and starts queries
 *             smaller instead, which this model's initialisation does not do. x-transformers and
 *             NeoX scale too, and multiply the bias by √headDim, as here (`biasMultiplier`): a scaled
 *             score then moves as far with the table as an unscaled one.
 *             maxDistance is a quarter of the train length, the authors' 128 at their 512, so that every
 *             bucket is trained; never above 128 nor below the number of buckets. This decides whether the
 *             loss grows beyond the train length, see the README's table.
 *             The table starts like all weights of this model; the reference starts from N(0, 1/model),
 *             x-transformers N(0, 1). Near 0, all distances start nearly equal.
 *             Buckets come from whole-number arithmetic, where the references take float32 logarithms;
 *             no bucket differs.
 *
 * @module
 */
import { add, maximum, minimum, multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { gather } from "../operators/indexing.ts";
import { transpose } from "../operators/movement.ts";
import { constant } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { number, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { distanceBias } from "./parts/toeplitz.ts";

const table = "position.t5.table";

/** T5's bucketed relative bias. */
export const t5 = defineEncoding({
  id: "t5",
  family: "bias",
  summary: "Each head learns one number a bucket of distances, fine nearby and coarse far away.",
  formula: "score[h,i,j] = q_i·k_j / √d + √d·E[bucket(i−j), h]",
  paper: {
    title: "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
    year: 2019,
    url: "https://arxiv.org/abs/1910.10683",
  },
  options: {
    buckets: option("Rows of the table.", whole({ least: 2 }), { default: 32 }),
    maxDistance: option("All distances from here on share the last bucket.", whole({ least: 2 }), {
      otherwise: "a quarter of the train length, at most 128 and at least `buckets`",
    }),
    scoreScale: option("Factor of query · key; T5 itself has 1.", number({ above: 0 }), {
      otherwise: "headDim^−½",
    }),
    biasMultiplier: option(
      "Factor of the bias; T5 itself has 1, with unscaled scores.",
      number({ above: 0 }),
      { otherwise: "√headDim" },
    ),
  },
  create({ heads, headDim, causal, trainLength }, options) {
    const { buckets, scoreScale = headDim ** -0.5 } = options;
    const { biasMultiplier = headDim ** 0.5 } = options;
    const quarter = Math.min(128, Math.floor(trainLength / 4));
    const { maxDistance = Math.max(buckets, quarter) } = options;
    const numbers = bucketNumbers(causal, buckets, maxDistance);
    const initial = { kind: "normal", deviation: 0.02 } as const;
    return {
      id: "t5",
      parameters: [{ name: table, shape: [buckets, heads], initial, decays: false }],
      scoreScale,
      bias: (context) =>
        distanceBias(context, ({ tensor }) =>
          numbers(multiply(context.parameter(table), biasMultiplier), tensor),
        ),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});

/** What a table `[buckets, heads]` has for n distances, `[heads, n]`. */
export function bucketNumbers(
  causal: boolean,
  buckets: number,
  maxDistance: number,
): (table: Tensor, distances: Tensor) => Tensor {
  const bucketOf = bucketRule(causal, buckets, maxDistance);
  // Beyond maxDistance nothing changes, so a short list serves every length.
  const clipped = Array.from({ length: 2 * maxDistance + 1 }, (_, n) => bucketOf(n - maxDistance));
  return (table, distances) => {
    const near = minimum(maximum(distances, -maxDistance), maxDistance);
    const index = add(cast(near, "int32"), maxDistance);
    const bucket = gather(constant([clipped.length], clipped, "int32"), index);
    return transpose(gather(table, bucket), [1, 0]);
  };
}

/**
 * The bucket of a distance `query − key`.
 *
 * @throws {RangeError} for sizes that leave no buckets
 */
export function bucketRule(
  causal: boolean,
  buckets: number,
  maxDistance: number,
): (distance: number) => number {
  const starts = bucketStarts(causal, buckets, maxDistance);
  return (distance) => {
    const n = causal ? Math.max(distance, 0) : Math.abs(distance);
    const offset = !causal && distance < 0 ? starts.length : 0;
    return offset + starts.findLastIndex((start) => n >= start);
  };
}

/**
 * The smallest n of each bucket of one side. Beyond the exact ones it is the first whole number with
 * `(n / exact)^span ≥ (maxDistance / exact)^t`, compared without a logarithm, which may round to either
 * side of a bucket's edge.
 */
export function bucketStarts(
  causal: boolean,
  buckets: number,
  maxDistance: number,
): readonly number[] {
  const side = causal ? buckets : buckets / 2;
  const exact = Math.floor(side / 2);
  if (!Number.isInteger(side) || exact < 1)
    throw new RangeError(
      `t5: buckets must be ${causal ? "2 or more" : "even and 4 or more"}, got ${buckets}. Use 32.`,
    );
  if (!Number.isInteger(maxDistance) || maxDistance <= exact)
    throw new RangeError(
      `t5: maxDistance must be a whole number above ${exact}, the distances with a bucket of their ` +
        `own, got ${maxDistance}. Use 128.`,
    );
  const [e, top, span] = [BigInt(exact), BigInt(maxDistance), BigInt(side - exact)];
  const starts = Array.from({ length: exact }, (_, n) => n);
  for (let t = 0n, n = e; t < span; t++) {
    while (n ** span * e ** t < top ** t * e ** span) n++;
    starts.push(Number(n));
  }
  return starts;
}
