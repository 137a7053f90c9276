/**
 * BERT's relative positions, `relative_key`: queries are multiplied by a learned vector of each distance.
 *
 * Huang, Liang, Xu and Xiang, "Improve Transformer Models with Better Relative Position Embeddings",
 * Findings of EMNLP 2020. https://arxiv.org/abs/2009.13658
 *
 *     score[h, i, j] = (q_i·k_j + q_i·table[i − j + maxLength − 1]) / √headDim
 *
 * Acts on:    attention scores [batch, heads, query, key]
 * Learns:     position.bert-relative-key.table [2 maxLength − 1, headDim], each layer its own, shared by
 *             heads, from N(0, 0.02²); it decays, as all of BERT does but biases and norms (google-research/bert,
 *             optimization.py)
 * Reference:  transformers 4, models/bert/modeling_bert.py, BertSelfAttention with position_embedding_type
 *             "relative_key" (version 5 has it no more)
 * Differs:    nothing. No distance is clipped: a text longer than the table is an error.
 *             In a causal model the rows of future keys exist and stay as they began
 *
 * @module
 */
import { add, maximum, minimum, multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { gather } from "../operators/indexing.ts";
import { unsqueeze } from "../operators/movement.ts";
import { checkDistances, lengthLimit } from "./parts/limit.ts";
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import type { ModelShape, PositionEncoding } from "./position-encoding.ts";
import { vectorsByDistance } from "./parts/relative-terms.ts";
import type { DistanceTable } from "./parts/relative-terms.ts";

/** The options of both encodings. */
export const relativeKeyOptions = {
  maxLength: option(
    "The longest text: the table has a row for each distance within it.",
    whole({ least: 1 }),
    { otherwise: "the train length" },
  ),
};

/** A vector of each distance beside the key. */
export const bertRelativeKey = defineEncoding({
  id: "bert-relative-key",
  family: "content",
  summary: "Each distance has a learned vector, by which queries are multiplied; none is clipped.",
  formula: "score[h,i,j] = q_i·(k_j + T[i−j]) / √d",
  paper: {
    title: "Improve Transformer Models with Better Relative Position Embeddings",
    year: 2020,
    url: "https://arxiv.org/abs/2009.13658",
  },
  options: relativeKeyOptions,
  create: (shape, { maxLength }) =>
    distanceVectors("bert-relative-key", ["query"], shape, maxLength),
});

/** Products of `roles` with the table's vector of the distance. */
export function distanceVectors(
  id: string,
  roles: readonly ("query" | "key")[],
  { headDim, trainLength }: ModelShape,
  maxLength = trainLength,
): PositionEncoding {
  const reason = `its table has rows for distances below ${maxLength}`;
  const limit = lengthLimit(id, maxLength, reason);
  if (maxLength < trainLength)
    throw new RangeError(
      `${id}: maxLength is ${maxLength}, but sequences of training have ${trainLength} tokens. ` +
        `Raise it, or leave it out for the train length.`,
    );
  const name = `position.${id}.table`;
  const last = maxLength - 1;
  return {
    id,
    parameters: [
      {
        name,
        shape: [2 * maxLength - 1, headDim],
        initial: { kind: "normal", deviation: 0.02 },
        decays: true,
        owner: "layer",
      },
    ],
    limit,
    contentBias(operands, _, context) {
      checkDistances(id, context, limit);
      const table = context.parameter(name);
      const rows: DistanceTable = ({ tensor }) => {
        // A layout by distance has one distance more than occurs; it may be beyond the table.
        const near = minimum(maximum(tensor, -last), last);
        return unsqueeze(gather(table, cast(add(near, last), "int32")), 0);
      };
      return roles
        .map((role) =>
          vectorsByDistance(multiply(operands[role], operands.scale), role, rows, context),
        )
        .reduce((a, b) => add(a, b));
    },
    cache: { keys: "either" },
    shiftInvariant: true,
  };
}
