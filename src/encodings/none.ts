/**
 * No position encoding (NoPE): a causal mask alone breaks the symmetry.
 *
 * Haviv et al. 2022, https://arxiv.org/abs/2203.16634; Kazemnejad et al. 2023,
 * https://arxiv.org/abs/2305.19466
 *
 *     score[h, i, j] = q_i · k_j / √headDim
 *
 * Acts on:    nothing
 * Learns:     nothing
 * Reference:  PyTorch, scaled_dot_product_attention with is_causal
 * Differs:    nothing
 *
 * @module
 */
import { defineEncoding } from "./define-encoding.ts";

/** No position encoding. */
export const none = defineEncoding({
  id: "none",
  family: "none",
  summary: "Nothing is added: order is seen only through the causal mask.",
  formula: "score[i,j] = q_i·k_j / √d",
  paper: {
    title: "The Impact of Positional Encoding on Length Generalization in Transformers",
    year: 2023,
    url: "https://arxiv.org/abs/2305.19466",
  },
  create: () => ({ id: "none", parameters: [], cache: { keys: "either" }, shiftInvariant: true }),
});
