/**
 * Clipped RoPE: rotary positions of which the slowest pairs are slowed further, or stopped.
 *
 * "CoPE: Clipped RoPE as A Scalable Free Lunch for Long Context LLMs", 2026. https://arxiv.org/abs/2602.05258
 *
 *     (x_a, x_b) of pair m ← rotated by position · w_m · base^(−2m/rotated)
 *     w_m = 1 for m < M − n, else of k = m − (M − n) = 0 … n − 1:
 *           soft  (1 + cos(π k / (n − 1))) / 2,  1 where n = 1;   hard  0
 *     M = rotated/2,  n = min(clipped, M)
 *
 * Soft clipping leaves the first clipped pair as it is and stops the last one: with one clipped pair it changes
 * nothing. Hard clipping of all pairs leaves no position. The encoding called `cope` is another one.
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  hrlics/CoPE, modeling_cope.py, train/training/modeling_flash_llama_cope.py
 * Differs:    angles are formed in float64 and rounded once; the reference forms them in float32. Scaling for
 *             longer texts, which the reference applies before it clips, is left out
 *
 * @module
 */
import { option } from "../options/option.ts";
import { whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { baseOption, geometricFrequencies, headAngles } from "./parts/angles.ts";
import { checkRotated, layoutOption, rotatedOption, turnPairs } from "./parts/rotation.ts";

/** Rotary positions with clipped frequencies. */
export const clippedRope = defineEncoding({
  id: "clipped-rope",
  family: "rotary",
  summary: "As RoPE, but the slowest pairs rotate more slowly still, or not at all.",
  formula:
    "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  R rotates pair m by i·w_m·10000^(−2m/d),  w_m falls from 1 to 0 " +
    "over the last n pairs",
  paper: {
    title: "CoPE: Clipped RoPE as A Scalable Free Lunch for Long Context LLMs",
    year: 2026,
    url: "https://arxiv.org/abs/2602.05258",
  },
  options: {
    base: baseOption,
    layout: layoutOption,
    rotated: rotatedOption,
    clipped: option(
      "How many of the slowest pairs are clipped; at most all.",
      whole({ least: 0 }),
      {
        default: 20,
      },
    ),
    form: option(
      "How the clipped pairs are slowed: by a falling cosine, or to 0.",
      word("soft", "hard"),
      { default: "soft" },
    ),
  },
  create({ headDim }, { base, layout, rotated = headDim, clipped, form }) {
    checkRotated("clipped-rope", rotated, headDim);
    const frequencies = clippedFrequencies(geometricFrequencies(rotated, base), clipped, form);
    return {
      id: "clipped-rope",
      parameters: [],
      rotate: (vectors, positions) =>
        turnPairs(vectors, headAngles(positions, frequencies), layout),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});

/** Frequencies of which the last `clipped`, at most all, are lowered. */
export function clippedFrequencies(
  frequencies: readonly number[],
  clipped: number,
  form: "soft" | "hard",
): readonly number[] {
  const count = Math.min(clipped, frequencies.length);
  const first = frequencies.length - count;
  return frequencies.map((frequency, pair) => {
    if (pair < first) return frequency;
    if (form === "hard") return 0;
    const angle = count === 1 ? 0 : (Math.PI * (pair - first)) / (count - 1);
    return (frequency * (1 + Math.cos(angle))) / 2;
  });
}
