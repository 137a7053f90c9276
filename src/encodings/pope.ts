/**
 * PoPE: polar coordinate position embedding. Vectors give magnitudes, positions alone give angles.
 *
 * Gopalakrishnan, Csordás, Schmidhuber and Mozer, 2025. https://arxiv.org/abs/2509.10534
 *
 *     q_i,c ← softplus(q_i,c) · (cos, sin)(i ω_c)                 ω_c = base^(−c/rotated), c = 0 … rotated − 1
 *     k_j,c ← softplus(k_j,c) · (cos, sin)(j ω_c + b_c)           b = bias[head] limited to [−2π, 0]
 *     score[i, j] = Σ_c softplus(q_i,c) softplus(k_j,c) cos((i − j) ω_c − b_c) / √headDim
 *
 * Components beyond `rotated` stay as they are, without softplus. Vectors become 2 · rotated wide and the
 * rest; the scale remains that of headDim.
 *
 * Acts on:    queries and keys [batch, heads, length, headDim] → [batch, heads, length, headDim + rotated]
 * Learns:     position.pope.bias [heads, rotated], from zeros, in every layer its own; biases do not decay
 * Reference:  PoPE-pytorch, pope.py; x-transformers, PolarEmbedding
 * Differs:    PoPE-pytorch puts the sine beside its cosine, x-transformers behind all cosines, as here;
 *             scores are the same. x-transformers has one bias for all layers (`bias: "model"`). The
 *             authors' own code was not found
 *
 * @module
 */
import { add, multiply, subtract } from "../operators/arithmetic.ts";
import { greaterOrEqual, lessOrEqual } from "../operators/comparison.ts";
import { unsqueeze } from "../operators/movement.ts";
import { cos, sin, softplus } from "../operators/pointwise.ts";
import { concat, slice } from "../operators/slicing.ts";
import { scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { baseOption, headAngles } from "./parts/angles.ts";
import type { Initial } from "../parameters/spec.ts";

const table = "position.pope.bias";

/** Polar coordinate positions. */
export const pope = defineEncoding({
  id: "pope",
  family: "rotary",
  summary:
    "Each component keeps its size, made positive, and its angle comes from the position alone.",
  formula: "score[i,j] = Σ_c softplus(q_i,c) softplus(k_j,c) cos((i−j)·10000^(−c/d) − b[h,c]) / √d",
  paper: {
    title: 'Decoupling the "What" and "Where" With Polar Coordinate Positional Embeddings',
    year: 2025,
    url: "https://arxiv.org/abs/2509.10534",
  },
  options: {
    base: baseOption,
    rotated: option("How many leading components of a head become polar.", whole({ least: 1 }), {
      otherwise: "all",
    }),
    bias: option(
      "Whether each layer learns a bias of its own or all share one.",
      word("layer", "model"),
      {
        default: "layer",
      },
    ),
    start: option(
      "How the bias starts: at zero, or uniform from −2π to 0.",
      word("zeros", "uniform"),
      {
        default: "zeros",
      },
    ),
  },
  create({ heads, headDim }, { base, rotated = headDim, bias, start }) {
    if (rotated > headDim)
      throw new RangeError(
        `pope: the polar width must be from 1 to headDim ${headDim}, got ${rotated}.`,
      );
    const frequencies = Array.from({ length: rotated }, (_, c) => base ** (-c / rotated));
    const initial: Initial =
      start === "zeros" ? { kind: "zeros" } : { kind: "uniform", from: -2 * Math.PI, bound: 0 };
    return {
      id: "pope",
      parameters: [{ name: table, shape: [heads, rotated], initial, owner: bias, decays: false }],
      scoreScale: headDim ** -0.5,
      rotatesByHead: true,
      rotate(vectors, positions, role, context) {
        const sizes = softplus(slice(vectors, -1, 0, rotated));
        const rest = slice(vectors, -1, rotated, headDim - rotated);
        const plain = headAngles(positions, frequencies);
        const [x, y] =
          role === "query"
            ? [plain.cosine, plain.sine]
            : shifted(plain, limited(context.parameter(table)));
        const polar = [multiply(sizes, x), multiply(sizes, y)];
        return concat(rotated === headDim ? polar : [...polar, rest], -1);
      },
      cache: { keys: "either", keyWidth: headDim + rotated },
      shiftInvariant: true,
    };
  },
});

/** Cosine and sine of the angles plus `bias [heads, c]`: `[heads, length, c]`, or with a batch before. */
function shifted(angles: { cosine: Tensor; sine: Tensor }, bias: Tensor): [Tensor, Tensor] {
  const [c, s] = [unsqueeze(cos(bias), 1), unsqueeze(sin(bias), 1)];
  return [
    subtract(multiply(angles.cosine, c), multiply(angles.sine, s)),
    add(multiply(angles.sine, c), multiply(angles.cosine, s)),
  ];
}

/**
 * Within [−2π, 0]; the gradient passes on the limits too, as PyTorch's clamp has it: the bias starts on
 * one of them.
 */
function limited(bias: Tensor): Tensor {
  const least = -2 * Math.PI;
  const below = where(lessOrEqual(bias, scalar(0)), bias, scalar(0));
  return where(greaterOrEqual(below, scalar(least)), below, scalar(least));
}
