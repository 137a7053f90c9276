/**
 * RoPE: rotary position embedding.
 *
 * Su et al., "RoFormer", 2021. https://arxiv.org/abs/2104.09864
 *
 *     (x_a, x_b) ← (x_a cos φ − x_b sin φ, x_a sin φ + x_b cos φ),   φ = position · base^(−2m/rotated)
 *
 * for every pair m of query and key; `q_i · k_j` then depends on i − j alone. Pairs are (m, m + rotated/2)
 * in layout `half` (LLaMA, NeoX) and (2m, 2m + 1) in layout `interleaved` (the paper, GPT-J). `scaling`
 * fits the frequencies to longer texts than those of training, by the rules of rope-frequencies.ts; the
 * attention factor of YaRN and LongRoPE multiplies cosines and sines, so a part that is not rotated
 * stays as it is.
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  transformers, models/llama/modeling_llama.py and models/gptj/modeling_gptj.py;
 *             modeling_rope_utils.py (scaling); x-transformers, RotaryEmbedding
 * Differs:    angles are formed in float64 and rounded once; the references form them in float32. A rule
 *             that depends on the length of the text is for one given length, `current`, where the
 *             reference changes its frequencies while it decodes
 *
 * @module
 */
import { multiply } from "../operators/arithmetic.ts";
import { option } from "../options/option.ts";
import { defineEncoding } from "./define-encoding.ts";
import { baseOption, geometricFrequencies, headAngles } from "./parts/angles.ts";
import type { Angles } from "./parts/angles.ts";
import type { Positions } from "./position-encoding.ts";
import { ropeFrequencies } from "./extension/rope-frequencies.ts";
import type { RopeFrequencies } from "./extension/rope-frequencies.ts";
import { scalingValue } from "./extension/rope-scaling.ts";
import type { ReadScaling } from "./extension/rope-scaling.ts";
import { checkRotated, layoutOption, rotatedOption, turnPairs } from "./parts/rotation.ts";

/** Rotary position embedding. */
export const rope = defineEncoding({
  id: "rope",
  family: "rotary",
  summary: "Pairs of query and key components rotate by an angle proportional to their position.",
  formula: "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  R rotates pair m by i·10000^(−2m/d)",
  paper: {
    title: "RoFormer: Enhanced Transformer with Rotary Position Embedding",
    year: 2021,
    url: "https://arxiv.org/abs/2104.09864",
  },
  options: {
    base: baseOption,
    layout: layoutOption,
    rotated: rotatedOption,
    scaling: option("The rule for texts longer than those of training.", scalingValue, {
      otherwise: "none",
    }),
  },
  create({ headDim, trainLength }, { base, layout, rotated = headDim, scaling }) {
    checkRotated("rope", rotated, headDim);
    const turning = scaling
      ? scaled(rotated, base, scaling, trainLength)
      : { frequencies: geometricFrequencies(rotated, base), attentionFactor: 1 };
    return {
      id: "rope",
      parameters: [],
      rotate: (vectors, positions) => turnPairs(vectors, ropeAngles(positions, turning), layout),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});

/** Cosines and sines, both times the attention factor. */
function ropeAngles(
  positions: Positions,
  { frequencies, attentionFactor }: RopeFrequencies,
): Angles {
  const angles = headAngles(positions, frequencies);
  if (attentionFactor === 1) return angles;
  return {
    cosine: multiply(angles.cosine, attentionFactor),
    sine: multiply(angles.sine, attentionFactor),
  };
}

function scaled(
  rotated: number,
  base: number,
  scaling: ReadScaling,
  trainLength: number,
): RopeFrequencies {
  // Two rules do not depend on the length of training.
  const fixed = scaling.type === "linear" || scaling.type === "ntk-aware";
  return ropeFrequencies(
    rotated,
    base,
    fixed ? scaling : { ...scaling, length: scaling.length ?? trainLength },
  );
}
