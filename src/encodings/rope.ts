/**
 * RoPE: rotary position embedding.
 *
 * Su et al., "RoFormer", 2021. https://arxiv.org/abs/2104.09864
 *
 *     (x_a, x_b) ← (x_a cos φ − x_b sin φ, x_a sin φ + x_b cos φ),   φ = position · base^(−2m/rotated)
 *
 * for every pair m of query and key; `q_i · k_j` then depends on i − j alone. Pairs are (m, m + rotated/2)
 * in layout `half` (LLaMA, NeoX) and (2m, 2m + 1) in layout `interleaved` (the paper, GPT-J).
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  transformers, models/llama/modeling_llama.py and models/gptj/modeling_gptj.py
 * Differs:    angles are formed in float64 and rounded once; the references form them in float32
 *
 * @module
 */
import { add, multiply, subtract } from "../operators/arithmetic.ts";
import { reshape, unsqueeze } from "../operators/movement.ts";
import { concat, slice, split } from "../operators/slicing.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { geometricFrequencies, headAngles } from "./angles.ts";
import type { Angles } from "./angles.ts";
import type { EncodingDefinition } from "./position-encoding.ts";

/** Settings of RoPE. */
export interface RopeOptions {
  /** Base of the frequencies. Default 10000. */
  readonly base?: number;
  /** Which components form a pair. Default `half`. */
  readonly layout?: "half" | "interleaved";
  /** How many leading components of a head turn; even. Default: all. */
  readonly rotated?: number;
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
  create({ headDim }, { base = 10000, layout = "half", rotated = headDim } = {}) {
    if (!Number.isInteger(rotated) || rotated < 2 || rotated % 2 !== 0 || rotated > headDim)
      throw new RangeError(
        `rope: the rotated width must be even, from 2 to headDim ${headDim}, got ${rotated}. ` +
          `Choose an even headDim (model width / heads), or rotate a part of it with "rotated".`,
      );
    if (!(base > 1)) throw new RangeError(`rope: base must be above 1, got ${base}. Use 10000.`);
    const frequencies = geometricFrequencies(rotated, base);
    return {
      id: "rope",
      parameters: [],
      rotate(vectors, positions) {
        const turn = layout === "half" ? turnHalves : turnNeighbours;
        const angles = headAngles(positions, frequencies);
        if (rotated === headDim) return turn(vectors, angles);
        const head = slice(vectors, -1, 0, rotated);
        return concat([turn(head, angles), slice(vectors, -1, rotated, headDim - rotated)], -1);
      },
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
};

function turnHalves(x: Tensor, angles: Angles): Tensor {
  const [a, b] = split(x, -1, 2);
  return concat(turnPair(a!, b!, angles), -1);
}

function turnNeighbours(x: Tensor, angles: Angles): Tensor {
  const pairs = (x.shape.at(-1) as number) / 2;
  const paired = reshape(x, [...x.shape.slice(0, -1), pairs, 2]);
  const columns = {
    cosine: unsqueeze(angles.cosine, -1),
    sine: unsqueeze(angles.sine, -1),
  };
  const [a, b] = split(paired, -1, 2);
  return reshape(concat(turnPair(a!, b!, columns), -1), x.shape);
}

function turnPair(a: Tensor, b: Tensor, { cosine, sine }: Angles): [Tensor, Tensor] {
  return [
    subtract(multiply(a, cosine), multiply(b, sine)),
    add(multiply(a, sine), multiply(b, cosine)),
  ];
}
