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
 * Learns:     position.t5.table [buckets, heads], one for all layers, from N(0, 1/model); N(0, 0.02²) with form "scaled".
 *             It does not decay: T5 trains without decay (t5x, examples/t5/t5_1_1/base.gin), and Swin exempts such a
 *             table by name
 * Reference:  transformers, models/t5/modeling_t5.py, T5Attention
 * Differs:    T5 does not scale scores, and starts queries smaller instead, which this model's initialisation does
 *             not do. Form "scaled" is for models that scale: as in x-transformers and NeoX, scores are times
 *             headDim^−½ and the bias times √headDim, so that a score moves as far with the table as an unscaled
 *             one; its table starts like all weights of this model (x-transformers: N(0, 1)).
 *             In texts of less than maxDistance tokens the last buckets are not trained. This decides whether the loss
 *             grows beyond the train length, see the README's table: write a smaller maxDistance there.
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
import { number, whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { distanceBias } from "./parts/toeplitz.ts";

const table = "position.t5.table";
/** Beyond them, the exact powers by which the buckets' edges are compared take minutes. */
export const mostBuckets = 1024;
/** The bucket of every distance up to `maxDistance` is part of the graph. */
export const furthestBucket = 2 ** 20;

/** T5's bucketed relative bias. */
export const t5 = defineEncoding({
  id: "t5",
  family: "bias",
  summary: "Each head learns one number a bucket of distances, fine nearby and coarse far away.",
  formula: "score[h,i,j] = q_i·k_j + E[bucket(i−j), h]",
  paper: {
    title: "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
    year: 2019,
    url: "https://arxiv.org/abs/1910.10683",
  },
  options: {
    form: option(
      "Whose scale and first values: T5's, or those of a model that scales scores.",
      word("t5", "scaled"),
      { default: "t5" },
    ),
    buckets: option("Rows of the table.", whole({ least: 2, most: mostBuckets }), { default: 32 }),
    maxDistance: option(
      "All distances from here on share the last bucket.",
      whole({ least: 2, most: furthestBucket }),
      { default: 128 },
    ),
    scoreScale: option("Factor of query · key.", number({ above: 0 }), {
      otherwise: '1; headDim^−½ with form "scaled"',
    }),
    biasMultiplier: option("Factor of the bias.", number({ above: 0 }), {
      otherwise: '1; √headDim with form "scaled"',
    }),
  },
  create({ model, heads, headDim, causal }, { buckets, maxDistance, form, ...factors }) {
    const power = form === "scaled" ? 0.5 : 0;
    const { scoreScale = headDim ** -power, biasMultiplier = headDim ** power } = factors;
    const numbers = bucketNumbers(causal, buckets, maxDistance);
    const deviation = form === "scaled" ? 0.02 : model ** -0.5;
    const initial = { kind: "normal", deviation } as const;
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
  for (let t = 0n, least = e; t < span; t++) {
    const edge = top ** t * e ** (span - t);
    // By bisection: the edges are up to maxDistance apart.
    let most = top;
    while (least < most) {
      const middle = (least + most) / 2n;
      if (middle ** span < edge) least = middle + 1n;
      else most = middle;
    }
    starts.push(Number(least));
  }
  return starts;
}
