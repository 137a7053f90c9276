/**
 * Music Transformer's relative attention: each head has a vector for each distance up to a longest one.
 *
 * Huang et al., "Music Transformer: Generating Music with Long-Term Structure", ICLR 2019.
 * https://arxiv.org/abs/1809.04281
 *
 *     score[h, i, j] = (q_i·k_j + q_i·E[h, i − j]) / √headDim,   E = 0 from distance maxLength on
 *     output[i]      = Σ_j weight[i, j] (v_j + F[h, i − j])      with `values`
 *
 * Row maxLength − 1 − (i − j) of a table belongs to a distance. A bidirectional model has rows for
 * −maxLength < i − j < maxLength, the future in the lower half.
 *
 * Acts on:    attention scores [batch, heads, query, key]; with `values`, on values too
 * Learns:     position.music-transformer.key, with `values` .value: [heads, maxLength, headDim], or
 *             without the axis of heads, 2 maxLength − 1 rows in bidirectional models, each layer its own,
 *             from N(0, 1/headDim); they do not decay: tensor2tensor's Transformers train without decay
 *             (models/transformer.py, transformer_base_v1)
 * Reference:  tensorflow/tensor2tensor, layers/common_attention.py,
 *             dot_product_self_attention_relative_v2, dot_product_unmasked_self_attention_relative_v2
 * Differs:    nothing. Distances beyond the table add nothing to a score, where Shaw's keep the last vector
 *
 * @module
 */
import { maximum, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { less } from "../operators/comparison.ts";
import { gather } from "../operators/indexing.ts";
import { transpose, unsqueeze } from "../operators/movement.ts";
import { abs } from "../operators/pointwise.ts";
import { scalar } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { flag, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { valuesByDistance, vectorsByDistance } from "./parts/relative-terms.ts";
import type { DistanceTable } from "./parts/relative-terms.ts";

/** Relative attention with vectors of each head. */
export const musicTransformer = defineEncoding({
  id: "music-transformer",
  family: "content",
  summary: "Each head learns a vector for each distance, by which queries are multiplied.",
  formula: "score[h,i,j] = q_i·(k_j + E[h, i−j]) / √d,  E[h, n] = 0 for n ≥ maxLength",
  paper: {
    title: "Music Transformer: Generating Music with Long-Term Structure",
    year: 2019,
    url: "https://arxiv.org/abs/1809.04281",
  },
  options: {
    maxLength: option("Distances with a vector: 0 … maxLength − 1.", whole({ least: 1 }), {
      otherwise: "the train length",
    }),
    shared: option("Whether all heads share their vectors.", flag, { default: false }),
    values: option("Whether values have a term too.", flag, { default: false }),
  },
  create({ heads, headDim, causal, trainLength }, options) {
    const { maxLength = trainLength, shared, values } = options;
    const last = maxLength - 1;
    const rowsOf =
      (table: Tensor): DistanceTable =>
      ({ tensor }) => {
        // A causal table has no rows of the future, which the mask forbids.
        const near = minimum(maximum(tensor, causal ? 0 : -last), last);
        const index = cast(subtract(last, near), "int32");
        const known = unsqueeze(cast(less(abs(tensor), scalar(maxLength)), "float32"), 1);
        // [rows, (heads,) headDim] to choose from, [heads or 1, n, headDim] to give.
        if (shared) return unsqueeze(multiply(gather(table, index), known), 0);
        const rows = gather(transpose(table, [1, 0, 2]), index);
        return multiply(transpose(rows, [1, 0, 2]), known);
      };
    const rows = causal ? maxLength : 2 * maxLength - 1;
    const parameters = (values ? ["key", "value"] : ["key"]).map(
      (name) =>
        ({
          name: `position.music-transformer.${name}`,
          shape: shared ? [rows, headDim] : [heads, rows, headDim],
          initial: { kind: "normal", deviation: headDim ** -0.5 },
          owner: "layer",
          decays: false,
        }) as const,
    );
    return {
      id: "music-transformer",
      parameters,
      contentBias({ query, scale }, _, context) {
        const table = rowsOf(context.parameter("position.music-transformer.key"));
        return vectorsByDistance(multiply(query, scale), "query", table, context);
      },
      ...(values && {
        valueTerm: (weights, _, context) =>
          valuesByDistance(
            weights,
            rowsOf(context.parameter("position.music-transformer.value")),
            context,
          ),
      }),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
