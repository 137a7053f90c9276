/**
 * Sandwich: the inner product of two sinusoidal positions, as a bias.
 *
 * Chi, Fan, Rudnicky and Ramadge, "Dissecting Transformer Length Extrapolation via the Lens of Receptive
 * Field Analysis", ACL 2023. https://arxiv.org/abs/2212.10356
 *
 *     score[h, i, j] ← score[h, i, j] + (Σ_{m=1}^{width/2} cos(|i − j| · 10000^(−2m/width)) − width/2) / r_h
 *     r_h            = 8 (h + 1) / heads             h = 0 … heads − 1
 *
 * Acts on:    attention scores [batch, heads, query, key], after the score scale
 * Learns:     nothing
 * Reference:  NVIDIA/NeMo, megatron/position_embedding/sandwich_relative_position_embedding.py; the
 *             authors published no code
 * Differs:    the width is a setting of its own, 128 as in the paper; NeMo takes the width of a head.
 *             −width/2 makes distance 0 have bias 0; it is the same for a whole row, so the softmax does
 *             not see it. |i − j| serves encoders too.
 *             Angles are formed in float64 and rounded once; NeMo forms them in float32.
 *
 * @module
 */
import { multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { abs } from "../operators/pointwise.ts";
import { sum } from "../operators/reduction.ts";
import { constant } from "../operators/source.ts";
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { anglesOf } from "./parts/angles.ts";
import { distanceBias } from "./parts/toeplitz.ts";

/** Sandwich. */
export const sandwich = defineEncoding({
  id: "sandwich",
  family: "bias",
  summary:
    "A sum of cosines of the distance falls about as its logarithm, in each head at another rate.",
  formula:
    "score[h,i,j] = q_i·k_j / √d + (Σ_{m=1}^{w/2} cos(|i−j|·10000^(−2m/w)) − w/2) / (8(h+1)/H)",
  paper: {
    title: "Dissecting Transformer Length Extrapolation via the Lens of Receptive Field Analysis",
    year: 2023,
    url: "https://arxiv.org/abs/2212.10356",
  },
  options: {
    width: option(
      "Width of the sinusoidal positions, twice the number of waves.",
      whole({ least: 2, most: 2 ** 16, multipleOf: 2 }),
      { default: 128 },
    ),
  },
  create({ heads }, { width }) {
    const frequencies = Array.from(
      { length: width / 2 },
      (_, m) => 10000 ** ((-2 * (m + 1)) / width),
    );
    const rates = Array.from({ length: heads }, (_, h) => heads / (8 * (h + 1)));
    return {
      id: "sandwich",
      parameters: [],
      bias: (context) =>
        distanceBias(context, ({ tensor, values }) => {
          const gaps = { tensor: cast(abs(tensor), "int32"), values: values?.map(Math.abs) };
          const waves = sum(anglesOf(gaps, frequencies).cosine, { axes: [-1] });
          return multiply(subtract(waves, width / 2), constant([heads, 1], rates));
        }),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
