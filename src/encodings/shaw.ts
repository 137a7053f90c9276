/**
 * Shaw's relative positions: a learned vector for each clipped distance, added to keys and to values.
 *
 * Shaw, Uszkoreit and Vaswani, "Self-Attention with Relative Position Representations", NAACL 2018.
 * https://arxiv.org/abs/1803.02155
 *
 *     score[i, j] = q_i·(k_j + key[c]) / √headDim,   c = maxDistance − clip(i − j, ±maxDistance)
 *     output[i]   = Σ_j weight[i, j] (v_j + value[c])
 *
 * The authors write key − query: their row clip(j − i) + maxDistance is the same one.
 *
 * Acts on:    attention scores [batch, heads, query, key], and values
 * Learns:     position.shaw.key and .value [2 maxDistance + 1, headDim], each layer its own, shared by
 *             heads, from N(0, 0.02²); they do not decay: tensor2tensor's Transformers train without decay
 *             (models/transformer.py, transformer_base_v1)
 * Reference:  tensorflow/tensor2tensor, layers/common_attention.py, dot_product_attention_relative
 * Differs:    tables start like all weights of this model, the reference's as its framework does.
 *             In a causal model rows of future keys exist, as in the reference, and stay as they began.
 *             Wav2Vec2-BERT ("relative_key") has the key term alone (`values: false`); OpenNMT-py one table
 *             for keys and values
 *
 * @module
 */
import { maximum, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { gather } from "../operators/indexing.ts";
import { unsqueeze } from "../operators/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { flag, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { valuesByDistance, vectorsByDistance } from "./parts/relative-terms.ts";
import type { DistanceTable } from "./parts/relative-terms.ts";

/** Relative positions as vectors beside keys and values. */
export const shaw = defineEncoding({
  id: "shaw",
  family: "content",
  summary: "Each clipped distance has a learned vector that is added to the key and to the value.",
  formula: "score[i,j] = q_i·(k_j + a[clip(j−i)]) / √d,  o_i = Σ_j w_ij (v_j + b[clip(j−i)])",
  paper: {
    title: "Self-Attention with Relative Position Representations",
    year: 2018,
    url: "https://arxiv.org/abs/1803.02155",
  },
  options: {
    maxDistance: option(
      "All distances from here on share a vector, on either side.",
      whole({ least: 1 }),
      { default: 16 },
    ),
    values: option("Whether values have a term too.", flag, { default: true }),
  },
  create({ headDim }, { maxDistance, values }) {
    const rowsOf =
      (table: Tensor): DistanceTable =>
      ({ tensor }) => {
        const clipped = minimum(maximum(tensor, -maxDistance), maxDistance);
        return unsqueeze(gather(table, cast(subtract(maxDistance, clipped), "int32")), 0);
      };
    const parameters = (values ? ["key", "value"] : ["key"]).map(
      (name) =>
        ({
          name: `position.shaw.${name}`,
          shape: [2 * maxDistance + 1, headDim],
          initial: { kind: "normal", deviation: 0.02 },
          owner: "layer",
          decays: false,
        }) as const,
    );
    return {
      id: "shaw",
      parameters,
      contentBias({ query, scale }, _, context) {
        const rows = rowsOf(context.parameter("position.shaw.key"));
        return vectorsByDistance(multiply(query, scale), "query", rows, context);
      },
      ...(values && {
        valueTerm: (weights, _, context) =>
          valuesByDistance(weights, rowsOf(context.parameter("position.shaw.value")), context),
      }),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
