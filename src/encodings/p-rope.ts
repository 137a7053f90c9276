/**
 * p-RoPE: rotary positions whose slowest pairs are not rotated.
 *
 * Barbero et al., "Round and Round We Go!", 2024. https://arxiv.org/abs/2410.06205
 *
 *     (x_a, x_b) of pair m ← turned by position · base^(−2m/headDim) / factor     m < ⌊proportion · headDim/2⌋
 *                          ← as they are                                         otherwise
 *
 * Slow pairs of RoPE carry content, and drift apart in long texts; here they carry content alone. Unlike
 * `rope` with `rotated`, frequencies and pairs are those of the whole width.
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  transformers, modeling_rope_utils.py, rope_type "proportional" (Gemma 4)
 * Differs:    angles are formed in float64 and rounded once; the reference forms them in float32.
 *             Its proportion is 1 unless given; here it is 0.75, the best of the paper.
 *
 * @module
 */
import { option } from "../options/option.ts";
import { number } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { baseOption, geometricFrequencies, headAngles } from "./parts/angles.ts";
import { checkRotated, layoutOption, turnPairs } from "./parts/rotation.ts";

/** Rotary positions for the fastest pairs alone. */
export const pRope = defineEncoding({
  id: "p-rope",
  family: "rotary",
  summary: "As RoPE, but the slowest pairs do not turn and carry content alone.",
  formula: "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  R turns pair m < p·d/2 by i·10000^(−2m/d)",
  paper: {
    title: "Round and Round We Go! What makes Rotary Positional Encodings useful?",
    year: 2024,
    url: "https://arxiv.org/abs/2410.06205",
  },
  options: {
    proportion: option("Share of pairs that rotate, the fastest.", number({ above: 0, most: 1 }), {
      default: 0.75,
    }),
    base: baseOption,
    factor: option("What angles are divided by.", number({ above: 0 }), { default: 1 }),
    layout: layoutOption,
  },
  create({ headDim }, { proportion, base, factor, layout }) {
    checkRotated("p-rope", headDim, headDim);
    const turning = Math.floor((proportion * headDim) / 2);
    if (turning < 1)
      throw new RangeError(
        `p-rope: proportion ${proportion} of ${headDim / 2} pairs is less than one. Raise it to ` +
          `${2 / headDim} or more, or use "none".`,
      );
    const frequencies = geometricFrequencies(headDim, base).map((frequency, pair) =>
      pair < turning ? frequency / factor : 0,
    );
    return {
      id: "p-rope",
      parameters: [],
      rotate: (vectors, positions) =>
        turnPairs(vectors, headAngles(positions, frequencies), layout),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
