/**
 * XLNet's relative positions: Transformer-XL's terms with signed distances, for both directions.
 *
 * Yang et al., "XLNet: Generalized Autoregressive Pretraining for Language Understanding", NeurIPS 2019.
 * https://arxiv.org/abs/1906.08237
 *
 *     score[h, i, j] = ((q_i + u)·k_j + (q_i + v)·r_(i−j)) / √headDim,   r_n = R_n weight
 *     R_n            = [sin nω_m ; cos nω_m],   ω_m = 10000^(−2m/model),   n of either sign
 *
 * Acts on:    attention scores [batch, heads, query, key]
 * Learns:     position.xlnet.u and .v [heads, headDim], .weight [model, model], each layer its own, from
 *             N(0, 0.02²); all decay: the authors name u and v among what decays (zihangdai/xlnet, model_utils.py,
 *             include_in_weight_decay)
 * Reference:  transformers, models/xlnet/modeling_xlnet.py, XLNetRelativeAttention.rel_attn_core
 * Differs:    terms of segments and the second stream of queries are left out, and `bi_data`, which
 *             reverses the direction for half a batch. Memory is the cache of keys and values
 *
 * @module
 */
import { maximum, minimum } from "../operators/arithmetic.ts";
import { defineEncoding } from "./define-encoding.ts";
import { clampLengthOption, sinusoidTerms } from "./parts/distance-sinusoid.ts";

/** Relative attention with sinusoids of the signed distance. */
export const xlnet = defineEncoding({
  id: "xlnet",
  family: "content",
  summary: "Transformer-XL's terms with sinusoids of signed distances, so that both sides differ.",
  formula: "score[h,i,j] = ((q_i + u)·k_j + (q_i + v)·(R_(i−j) W)) / √d,  i − j of either sign",
  paper: {
    title: "XLNet: Generalized Autoregressive Pretraining for Language Understanding",
    year: 2019,
    url: "https://arxiv.org/abs/1906.08237",
  },
  options: {
    clampLength: clampLengthOption,
  },
  create(shape, { clampLength }) {
    return {
      id: "xlnet",
      ...sinusoidTerms(shape, {
        id: "xlnet",
        biasOwner: "layer",
        biasDecays: true,
        clip: (distances) =>
          clampLength === undefined
            ? distances
            : minimum(maximum(distances, -clampLength), clampLength),
      }),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
