/**
 * RoPE on values: values rotate by their own positions and their weighted sum rotates back by the query's, beside
 * RoPE on queries and keys.
 *
 * No paper; attention of DeepSeek-V4.
 *
 *     score[i, j] = scale · (R(i) q_i) · (R(j) k_j)
 *     output_i    = R(−i) Σ_j softmax(score)[i, j] · R(j) v_j
 *
 * R is that of rope.ts. A value then reaches the query rotated by j − i alone.
 *
 * Acts on:    queries, keys and values [batch, heads, length, headDim], and the weighted sum of values
 * Learns:     nothing
 * Reference:  transformers, models/deepseek_v4/modeling_deepseek_v4.py, DeepseekV4Attention
 * Differs:    the leading components of a head rotate; in DeepSeek-V4 the trailing ones do. Angles are formed in
 *             float64 and rounded once; the reference forms them in float32
 *
 * @module
 */
import { negate } from "../operators/arithmetic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { defineEncoding } from "./define-encoding.ts";
import { baseOption, geometricFrequencies, headAngles } from "./parts/angles.ts";
import { checkRotated, layoutOption, rotatedOption, turnPairs } from "./parts/rotation.ts";
import type { Positions } from "./position-encoding.ts";

/** Rotary position embedding of queries, keys and values. */
export const valueRope = defineEncoding({
  id: "value-rope",
  family: "rotary",
  summary:
    "As RoPE, and values rotate too: an output is a sum of values rotated by their distance.",
  formula:
    "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  output_i = R(−i) Σ_j w_ij R(j)v_j,  R rotates pair m by i·10000^(−2m/d)",
  paper: { title: "No paper: attention of DeepSeek-V4, as transformers has it" },
  options: { base: baseOption, layout: layoutOption, rotated: rotatedOption },
  create({ headDim }, { base, layout, rotated = headDim }) {
    checkRotated("value-rope", rotated, headDim);
    const frequencies = geometricFrequencies(rotated, base);
    const turn = (vectors: Tensor, positions: Positions): Tensor =>
      turnPairs(vectors, headAngles(positions, frequencies), layout);
    return {
      id: "value-rope",
      parameters: [],
      rotate: turn,
      rotateValue: turn,
      rotateOutput(output, positions) {
        const { cosine, sine } = headAngles(positions, frequencies);
        return turnPairs(output, { cosine, sine: negate(sine) }, layout);
      },
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
