/**
 * RoPE: rotary position embedding.
 *
 * Su et al., "RoFormer", 2021. https://arxiv.org/abs/2104.09864
 *
 *     (x_a, x_b) ← (x_a cos φ − x_b sin φ, x_a sin φ + x_b cos φ),   φ = position · base^(−2m/rotated)
 *
 * for every pair m of query and key; `q_i · k_j` then depends on i − j alone. Pairs are (m, m + rotated/2)
 * in layout `half` (LLaMA, NeoX) and (2m, 2m + 1) in layout `interleaved` (the paper, GPT-J). With
 * `interpolation` s, φ is divided by s (Chen et al. 2023); with `rescale` s the base is multiplied by
 * s^(rotated/(rotated − 2)) (NTK-aware scaling, 2023).
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  transformers, models/llama/modeling_llama.py and models/gptj/modeling_gptj.py;
 *             x-transformers, RotaryEmbedding (interpolation, rescale)
 * Differs:    angles are formed in float64 and rounded once; the references form them in float32
 *
 * @module
 */
import { geometricFrequencies, headAngles } from "./angles.ts";
import type { EncodingDefinition } from "./position-encoding.ts";
import { checkBase, checkRotated, turnPairs } from "./rotation.ts";
import type { PairLayout } from "./rotation.ts";

/** Settings of RoPE. */
export interface RopeOptions {
  /** Base of the frequencies. Default 10000. */
  readonly base?: number;
  /** Which components form a pair. Default `half`. */
  readonly layout?: PairLayout;
  /** How many leading components of a head turn; even. Default: all. */
  readonly rotated?: number;
  /** What angles are divided by, to fit a longer text into the trained range. Default 1. */
  readonly interpolation?: number;
  /** NTK-aware: the base grows so that only the slowest pair turns this much slower. Default 1. */
  readonly rescale?: number;
}

/** Rotary position embedding. */
export const rope: EncodingDefinition<RopeOptions> = {
  id: "rope",
  family: "rotary",
  summary: "Pairs of query and key components turn by an angle proportional to their position.",
  formula: "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  R turns pair m by i·10000^(−2m/d)",
  paper: {
    title: "RoFormer: Enhanced Transformer with Rotary Position Embedding",
    year: 2021,
    url: "https://arxiv.org/abs/2104.09864",
  },
  create({ headDim }, options = {}) {
    const { base = 10000, layout = "half", rotated = headDim } = options;
    const { interpolation = 1, rescale = 1 } = options;
    checkRotated("rope", rotated, headDim);
    checkBase("rope", base);
    checkFactor("interpolation", interpolation);
    checkFactor("rescale", rescale);
    if (rescale !== 1 && rotated === 2)
      throw new RangeError(
        `rope: rescale ${rescale} turns the slowest pair slower and keeps the fastest, and one pair is both. ` +
          `Rotate 4 components or more, or use interpolation.`,
      );
    const slower = rescale === 1 ? base : base * rescale ** (rotated / (rotated - 2));
    const frequencies = geometricFrequencies(rotated, slower).map((f) => f / interpolation);
    return {
      id: "rope",
      parameters: [],
      rotate: (vectors, positions) =>
        turnPairs(vectors, headAngles(positions, frequencies), layout),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
};

function checkFactor(name: string, factor: number): void {
  if (!(factor >= 1))
    throw new RangeError(
      `rope: ${name} must be 1 or more, got ${factor}. It is new length / train length.`,
    );
}
