/**
 * Transformer-XL: queries are multiplied by a projected sinusoid of the distance; keys and sinusoids also by a learned vector.
 *
 * Dai et al., "Transformer-XL: Attentive Language Models beyond a Fixed-Length Context", ACL 2019.
 * https://arxiv.org/abs/1901.02860
 *
 *     score[h, i, j] = ((q_i + u)·k_j + (q_i + v)·r_(i−j)) / √headDim,   r_n = R_n weight
 *     R_n            = [sin nω_m ; cos nω_m],   ω_m = 10000^(−2m/model)
 *
 * Acts on:    attention scores [batch, heads, query, key]
 * Learns:     position.transformer-xl.u and .v [heads, headDim], one for all layers unless `untied`;
 *             position.transformer-xl.weight [model, model], each layer its own; from N(0, 0.02²). u and v do not
 *             decay: the authors train without decay (pytorch/train.py). The weight decays as every linear layer's
 * Reference:  kimiyoung/transformer-xl, pytorch/mem_transformer.py, RelPartialLearnableMultiHeadAttn, which
 *             is transformers' models/deprecated/transfo_xl (version 4)
 * Differs:    the memory of a segment is the cache of keys and values, where the reference keeps hidden states
 *             and projects them again: the scores are the same.
 *             All keys of the past are seen (`same_length` is left out). Transformers unties u and v by
 *             default and clamps at 1,000; the authors' PyTorch code does neither, as here
 *
 * @module
 */
import { maximum, minimum } from "../operators/arithmetic.ts";
import { option } from "../options/option.ts";
import { flag } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { clampLengthOption, sinusoidTerms } from "./parts/distance-sinusoid.ts";

/** Relative attention with sinusoids of the distance. */
export const transformerXl = defineEncoding({
  id: "transformer-xl",
  family: "content",
  summary:
    "Queries are multiplied by a projected sinusoid of the distance, learned vectors by keys and sinusoids.",
  formula: "score[h,i,j] = ((q_i + u)·k_j + (q_i + v)·(R_(i−j) W)) / √d,  R = [sin ; cos]",
  paper: {
    title: "Transformer-XL: Attentive Language Models beyond a Fixed-Length Context",
    year: 2019,
    url: "https://arxiv.org/abs/1901.02860",
  },
  options: {
    untied: option("Whether each layer has u and v of its own.", flag, { default: false }),
    clampLength: clampLengthOption,
  },
  create(shape, { untied, clampLength }) {
    if (!shape.causal)
      throw new RangeError(
        "transformer-xl: its distances are of the past, and this attention sees the future too. " +
          'Choose "xlnet", the same with signed distances.',
      );
    return {
      id: "transformer-xl",
      ...sinusoidTerms(shape, {
        id: "transformer-xl",
        biasOwner: untied ? "layer" : "model",
        biasDecays: false,
        clip(distances) {
          // The future is masked; 0 keeps it within the table.
          const past = maximum(distances, 0);
          return clampLength === undefined ? past : minimum(past, clampLength);
        },
      }),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
