/**
 * p-RoPE: rotary positions of which the slowest pairs stand still.
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
import { geometricFrequencies, headAngles } from "./parts/angles.ts";
import type { EncodingDefinition } from "./position-encoding.ts";
import { checkBase, checkRotated, turnPairs } from "./parts/rotation.ts";
import type { PairLayout } from "./parts/rotation.ts";

/** Settings of p-RoPE. */
export interface PRopeOptions {
  /** Share of pairs that turn, the fastest, from 0 to 1. Default 0.75. */
  readonly proportion?: number;
  /** Base of the frequencies. Default 10000. */
  readonly base?: number;
  /** What angles are divided by. Default 1. */
  readonly factor?: number;
  /** Which components form a pair. Default `half`. */
  readonly layout?: PairLayout;
}

/** Rotary positions for the fastest pairs alone. */
export const pRope: EncodingDefinition<PRopeOptions> = {
  id: "p-rope",
  family: "rotary",
  summary: "As RoPE, but the slowest pairs do not turn and carry content alone.",
  formula: "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  R turns pair m < p·d/2 by i·10000^(−2m/d)",
  paper: {
    title: "Round and Round We Go! What makes Rotary Positional Encodings useful?",
    year: 2024,
    url: "https://arxiv.org/abs/2410.06205",
  },
  create({ headDim }, options = {}) {
    const { proportion = 0.75, base = 10000, factor = 1, layout = "half" } = options;
    checkRotated("p-rope", headDim, headDim);
    checkBase("p-rope", base);
    const turning = Math.floor((proportion * headDim) / 2);
    if (!(proportion <= 1) || !(turning >= 1))
      throw new RangeError(
        `p-rope: proportion ${proportion} of ${headDim / 2} pairs turns ${turning} of them; it must be ` +
          `1 or more of them, and no more than all. Use "none" to turn none.`,
      );
    if (!(factor > 0)) throw new RangeError(`p-rope: factor must be above 0, got ${factor}.`);
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
};
