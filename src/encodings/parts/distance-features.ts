/**
 * The rows F(i) of the distance matrix, in the ways to give them a fixed number of columns.
 *
 *     fixed          F_j(i) = |i − j| / N,   j = 0 … N − 1: the article's matrix at full size
 *     pad            the same for j < n, 0 beyond; n is the length of the text
 *     fixed-anchors  F_k(i) = |i − a_k| / N  for chosen a_k; beyond the last, RPE is a straight line
 *     normalise      F_k(i) = |i − t_k (n − 1)| / max(n − 1, 1),   t_k = k / (K − 1)
 *     bucket         F_b(i) = #{ j < n : bucket(|i − j|) = b } / N,   T5's causal buckets
 *
 * `causal` rows see j ≤ i only (for anchors: max(i − a_k, 0)), so that they do not depend on n.
 *
 * @module
 */
import { add, divide, maximum, minimum, multiply, subtract } from "../../operators/arithmetic.ts";
import { cast } from "../../operators/cast.ts";
import { less, lessOrEqual } from "../../operators/comparison.ts";
import { unsqueeze } from "../../operators/movement.ts";
import { abs } from "../../operators/pointwise.ts";
import { max } from "../../operators/reduction.ts";
import { concat } from "../../operators/slicing.ts";

import { constant, scalar } from "../../operators/source.ts";
import { where } from "../../operators/where.ts";
import { option, optionIs } from "../../options/option.ts";
import type { ReadOptions } from "../../options/option.ts";
import { flag, listOf, whole, word } from "../../options/value.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { EncodingContext } from "../position-encoding.ts";
import { bucketStarts } from "../t5.ts";

/** The options of the rows. */
export const rowOptions = {
  mode: option(
    "How a row gets a fixed number of columns.",
    word("fixed", "pad", "fixed-anchors", "normalise", "bucket"),
    { default: "fixed" },
  ),
  maxLength: option(
    "N, by which distances are divided; the longest text in modes `fixed` and `pad`.",
    whole({ least: 1 }),
    {
      otherwise: "the train length",
      only: optionIs("mode", "fixed", "pad", "fixed-anchors", "bucket"),
    },
  ),
  causal: option("Whether a row sees the past only.", flag, {
    default: false,
    only: optionIs("mode", "fixed", "pad", "fixed-anchors", "bucket"),
  }),
  validity: option(
    "N more columns, 1 where a column is real: distance 0 and no column then differ.",
    flag,
    { default: false, only: optionIs("mode", "pad") },
  ),
  anchors: option("The positions measured from.", listOf(whole({ least: 0 })), {
    otherwise: "0, 1, 2, 4, … below N",
    only: optionIs("mode", "fixed-anchors"),
  }),
  points: option("K, how many points of the text a row measures to.", whole({ least: 2 }), {
    default: 16,
    only: optionIs("mode", "normalise"),
  }),
  buckets: option("How many buckets.", whole({ least: 2 }), {
    default: 32,
    only: optionIs("mode", "bucket"),
  }),
  maxDistance: option("Where the last bucket begins.", whole({ least: 2 }), {
    default: 128,
    only: optionIs("mode", "bucket"),
  }),
};

/** The options of the rows, as they were read. */
export type RowOptions = ReadOptions<typeof rowOptions>;

/** A way to form rows. */
export interface DistanceFeatures {
  readonly maxLength: number;
  readonly columns: number;
  /** Whether texts longer than `maxLength` have no rows. */
  readonly bounded: boolean;
  /** Whether a row changes when the text grows. */
  readonly growing: boolean;
  /** F, float32 `[query, columns]`, or `[batch, query, columns]` where positions have rows. */
  rows(context: EncodingContext): Tensor;
}

/** The rows by these options. */
export function distanceFeatures(trainLength: number, options: RowOptions): DistanceFeatures {
  const { mode, maxLength = trainLength, causal = false, validity = false } = options;
  const counted = { maxLength, bounded: false, growing: !causal };
  switch (mode) {
    case "fixed":
    case "fixed-anchors": {
      const { anchors = mode === "fixed" ? [...Array(maxLength).keys()] : doublings(maxLength) } =
        options;
      return {
        ...counted,
        bounded: mode === "fixed",
        growing: false,
        columns: anchors.length,
        rows: (context) => {
          const gaps = subtract(column(context), constant([1, anchors.length], anchors));
          return divide(causal ? maximum(gaps, 0) : abs(gaps), maxLength);
        },
      };
    }
    case "pad":
      return {
        ...counted,
        bounded: true,
        columns: validity ? 2 * maxLength : maxLength,
        rows: (context) => paddedRows(context, maxLength, causal, validity),
      };
    case "normalise": {
      const points = options.points!;
      return { ...counted, columns: points, rows: (context) => normalisedRows(context, points) };
    }
    case "bucket": {
      const buckets = options.buckets!;
      const starts = bucketStarts(true, buckets, options.maxDistance!);
      return {
        ...counted,
        columns: buckets,
        rows: (context) => divide(bucketCounts(context, starts, causal), maxLength),
      };
    }
  }
}

/** i, float32 `[query, 1]`, or `[batch, query, 1]` where positions have rows. */
function column({ queries }: EncodingContext): Tensor {
  return cast(unsqueeze(queries.tensor, -1), "float32");
}

/** n, float32 `[1, 1]` or `[batch, 1, 1]`: one more than the position of the last key that is no padding. */
function textLength({ keys, keyMask }: EncodingContext): Tensor {
  const positions = cast(keys.tensor, "float32");
  const text = keyMask ? where(keyMask, positions, scalar(0)) : positions;
  const last = max(text, { axes: [-1], keep: true });
  return add(unsqueeze(last, -1), 1);
}

function paddedRows(
  context: EncodingContext,
  maxLength: number,
  causal: boolean,
  validity: boolean,
): Tensor {
  const i = column(context);
  const j = constant([1, maxLength], [...Array(maxLength).keys()]);
  // The comparison with n is [1, columns]; adding 0 · i gives it a row a query.
  const seen = causal
    ? cast(lessOrEqual(j, i), "float32")
    : add(cast(less(j, textLength(context)), "float32"), multiply(i, 0));
  const rows = multiply(divide(abs(subtract(i, j)), maxLength), seen);
  return validity ? concat([rows, seen], -1) : rows;
}

function normalisedRows(context: EncodingContext, points: number): Tensor {
  const last = subtract(textLength(context), 1);
  const k = constant([1, points], [...Array(points).keys()]);
  const gaps = subtract(column(context), divide(multiply(k, last), points - 1));
  return divide(abs(gaps), maximum(last, 1));
}

/** How many positions each bucket holds, by the overlap of its distances with each side of i. */
function bucketCounts(
  context: EncodingContext,
  starts: readonly number[],
  causal: boolean,
): Tensor {
  const i = column(context);
  const from = constant([1, starts.length], starts);
  const beyond = 2 ** 30; // the last bucket has no end
  const to = constant([1, starts.length], [...starts.slice(1), beyond]);
  const overlap = (first: Tensor, count: Tensor): Tensor =>
    maximum(subtract(minimum(to, count), first), 0);
  const past = overlap(from, add(i, 1)); // distances 0 … i
  if (causal) return past;
  // Distances 1 … n − 1 − i; distance 0 was counted with the past.
  return add(past, overlap(maximum(from, 1), subtract(textLength(context), i)));
}

/** 0, 1, 2, 4, … below N. */
function doublings(maxLength: number): readonly number[] {
  const count = Math.ceil(Math.log2(Math.max(maxLength, 2)));
  return [0, ...Array.from({ length: count }, (_, k) => 2 ** k)];
}
