/**
 * TUPE: positions with query and key projections of their own, untied from the tokens'.
 *
 * Ke, He and Liu, "Rethinking Positional Encoding in Language Pre-training", ICLR 2021.
 * https://arxiv.org/abs/2006.15595
 *
 *     score[h, i, j] = q_i·k_j / √(2 headDim) + (LN(p_i) U_Q)_h · (LN(p_j) U_K)_h / √(2 headDim)
 *     TUPE-R         + buckets[bucket(i − j), h], T5's buckets
 *
 * With `untieFirst`, position 0 ([CLS]) is treated apart: what it adds to all keys, and what all queries add to
 * it, are one number a head each, p_0 and p_1 with themselves; tokens take the rows from 1 on.
 *
 * Acts on:    attention scores [batch, heads, query, key], whose scale it changes
 * Learns:     position.tupe.table [maxLength, model], .norm, .query and .key [model, heads · headDim], and
 *             .buckets [buckets, heads] in TUPE-R; one set for all layers, from N(0, 0.02²), biases 0, norms 1. Both
 *             tables and the projections' weights decay, as in the authors' training (README.md: fairseq's Adam, which
 *             decays all); biases and norms do not
 * Reference:  guolinke/TUPE, fairseq/modules/transformer_sentence_encoder.py
 * Differs:    the reference always unties [CLS], which a decoder has not: here it is an option. So are TUPE-R's
 *             buckets of a causal model, where bucket `buckets / 2`, free in the reference, is also T5's.
 *             Where query and key are both at 0 the query's number counts, as in the reference's code.
 *
 * @module
 */
import { add, multiply } from "../operators/arithmetic.ts";
import { equal } from "../operators/comparison.ts";
import { gather } from "../operators/indexing.ts";
import { matmul } from "../operators/matmul.ts";
import { reshape, transpose } from "../operators/movement.ts";
import { layerNorm } from "../operators/normalisation.ts";
import { sum } from "../operators/reduction.ts";
import { constant, scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option, optionIs } from "../options/option.ts";
import { flag, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { pairwise } from "./parts/grid.ts";
import { checkPositions, lengthLimit } from "./parts/limit.ts";
import type { EncodingContext } from "./position-encoding.ts";
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import { bucketNumbers, furthestBucket, mostBuckets } from "./t5.ts";
import { distanceBias } from "./parts/toeplitz.ts";

/** TUPE. */
export const tupe = defineEncoding({
  id: "tupe",
  family: "bias",
  summary:
    "Learned positions are compared with each other by projections of their own, apart from the tokens.",
  formula: "score[h,i,j] = (q_i·k_j + (LN(p_i)U_Q)_h·(LN(p_j)U_K)_h) / √(2d)",
  paper: {
    title: "Rethinking Positional Encoding in Language Pre-training",
    year: 2021,
    url: "https://arxiv.org/abs/2006.15595",
  },
  options: {
    maxLength: option("The longest text.", whole({ least: 1 }), { otherwise: "the train length" }),
    untieFirst: option("Whether position 0 is treated apart, as [CLS] in BERT.", flag, {
      default: false,
    }),
    relative: option("TUPE-R: whether T5's buckets are added. Without them it is TUPE-A.", flag, {
      default: false,
    }),
    buckets: option("Number of buckets.", whole({ least: 2, most: mostBuckets }), {
      default: 32,
      only: optionIs("relative", true),
    }),
    maxDistance: option(
      "All distances from here on share the last bucket.",
      whole({ least: 2, most: furthestBucket }),
      {
        default: 128,
        only: optionIs("relative", true),
      },
    ),
  },
  create({ model, heads, headDim, trainLength, causal }, options) {
    const { maxLength = trainLength, untieFirst, relative, buckets, maxDistance } = options;
    const limit = lengthLimit("tupe", maxLength);
    const numbers = relative ? bucketNumbers(causal, buckets!, maxDistance!) : undefined;
    const offset = untieFirst ? 1 : 0;
    const scoreScale = (2 * headDim) ** -0.5;
    return {
      id: "tupe",
      parameters: [
        ...specs(model, heads * headDim, maxLength + offset, !untieFirst),
        ...(relative ? [spec("buckets", [buckets! + offset, heads])] : []),
      ],
      limit,
      scoreScale,
      bias(context) {
        checkPositions("tupe", context.queries, limit);
        checkPositions("tupe", context.keys, limit);
        // Inside a block map, values that depend on parameters only are computed once for all blocks.
        const inBlocks = context.keys.lengthMultiple !== undefined;
        const at = (part: "query" | "key", positions: Tensor): Tensor =>
          splitHeads(
            projected(context, part, positions, inBlocks && part === "key"),
            heads,
            headDim,
          );
        const rows = (positions: Tensor): Tensor => (untieFirst ? add(positions, 1) : positions);
        const query = at("query", rows(context.queries.tensor));
        const key = at("key", rows(context.keys.tensor));
        const product = matmul(query, key, { transposeB: true, scale: scoreScale });
        const table = relative ? context.parameter("position.tupe.buckets") : undefined;
        const near =
          table && numbers
            ? distanceBias(context, ({ tensor }) => numbers(table, tensor))
            : undefined;
        const tied = near === undefined ? product : add(product, near);
        if (!untieFirst) return tied;
        // Rows 0 and 1 of the table with themselves: [heads, 2].
        const two = constant([2], [0, 1], "int32");
        const own = multiply(
          sum(multiply(at("query", two), at("key", two)), { axes: [-1] }),
          scoreScale,
        );
        const first = (row: number, half: 1 | 2): Tensor => {
          const number = gather(transpose(own, [1, 0]), scalar(row, "int32"));
          const added = table
            ? add(number, gather(table, scalar((buckets! * half) / 2, "int32")))
            : number;
          return reshape(added, [heads, 1, 1]);
        };
        const isFirst = (positions: Tensor): Tensor => equal(positions, scalar(0, "int32"));
        const [queryFirst, keyFirst] = [
          isFirst(context.queries.tensor),
          isFirst(context.keys.tensor),
        ];
        const column = where(
          pairwise(queryFirst, keyFirst, (_, k) => k),
          first(1, 2),
          tied,
        );
        return where(
          pairwise(queryFirst, keyFirst, (q) => q),
          first(0, 1),
          column,
        );
      },
      cache: { keys: "either" },
      shiftInvariant: false,
    };
  },
});

function spec(
  name: string,
  shape: readonly number[],
  initial: Initial = { kind: "normal", deviation: 0.02 },
): ParameterSpec {
  const decays = !name.endsWith("bias") && !name.startsWith("norm.");
  return { name: `position.tupe.${name}`, shape, initial, decays };
}

function specs(model: number, width: number, rows: number, rowConstant: boolean): ParameterSpec[] {
  return [
    spec("table", [rows, model]),
    spec("norm.weight", [model], { kind: "ones" }),
    spec("norm.bias", [model], { kind: "zeros" }),
    spec("query.weight", [model, width]),
    spec("query.bias", [width], { kind: "zeros" }),
    spec("key.weight", [model, width]),
    // Its product with a query's vector is the same for all keys, unless one of them is treated apart.
    { ...spec("key.bias", [width], { kind: "zeros" }), rowConstant },
  ];
}

/** `LN(p) U + bias` of rows of the table, `[..., heads · headDim]`; of `all` rows first where most of them are needed. */
function projected(
  context: EncodingContext,
  part: "query" | "key",
  rows: Tensor,
  all: boolean,
): Tensor {
  const parameter = (name: string): Tensor => context.parameter(`position.tupe.${name}`);
  const project = (vectors: Tensor): Tensor => {
    const normed = layerNorm(vectors, parameter("norm.weight"), parameter("norm.bias"));
    return add(matmul(normed, parameter(`${part}.weight`)), parameter(`${part}.bias`));
  };
  const table = parameter("table");
  return all ? gather(project(table), rows) : project(gather(table, rows));
}

/** `[..., length, heads · headDim]` → `[..., heads, length, headDim]` */
function splitHeads(x: Tensor, heads: number, headDim: number): Tensor {
  const [length] = x.shape.slice(-2) as [Dimension];
  const leading = x.shape.slice(0, -2);
  const parted = reshape(x, [...leading, length, heads, headDim]);
  return transpose(parted, leading.length === 0 ? [1, 0, 2] : [0, 2, 1, 3]);
}
