/**
 * LeRoPE: rotary positions whose frequencies are learned.
 *
 * Mistral AI, Mistral Large 4, 2026, as transformers has it; no paper is known
 *
 *     pair m rotates by position · base^(−2m/rotated) · e^α_m
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale
 * Learns:     position.lerope.alpha [rotated/2], from zeros, one for all layers; exponents do not decay
 * Reference:  transformers, models/mistral_large4 (MistralLarge4TextRotaryEmbedding)
 * Differs:    nothing in the formula. As in the reference, angles are formed in float32, since their
 *             frequencies are not known beforehand: near position p they are off by about p · 1e-7
 *
 * @module
 */
import { multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { unsqueeze } from "../operators/movement.ts";
import { cos, exp, sin } from "../operators/pointwise.ts";
import { constant } from "../operators/source.ts";
import { option } from "../options/option.ts";
import { word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { baseOption, geometricFrequencies, overHeads } from "./parts/angles.ts";
import { checkRotated, layoutOption, rotatedOption, turnPairs } from "./parts/rotation.ts";

const alpha = "position.lerope.alpha";

/** Rotary positions with learned frequencies. */
export const lerope = defineEncoding({
  id: "lerope",
  family: "rotary",
  summary: "As RoPE, with frequencies that are learned.",
  formula: "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  R rotates pair m by i·10000^(−2m/d)·exp(α[m])",
  paper: {
    title: "LeRoPE, in the code of Mistral Large 4 (transformers)",
    year: 2026,
    url: "https://github.com/huggingface/transformers",
  },
  options: {
    base: baseOption,
    layout: layoutOption,
    rotated: rotatedOption,
    frequencies: option(
      "Whether one α serves all layers or each has its own.",
      word("model", "layer"),
      { default: "model" },
    ),
  },
  create({ headDim }, { base, layout, rotated = headDim, frequencies }) {
    checkRotated("lerope", rotated, headDim);
    const initial = { kind: "zeros" } as const;
    const start = constant([rotated / 2], geometricFrequencies(rotated, base));
    return {
      id: "lerope",
      parameters: [
        { name: alpha, shape: [rotated / 2], initial, owner: frequencies, decays: false },
      ],
      rotate(vectors, { tensor }, _, context) {
        const learned = multiply(start, exp(context.parameter(alpha)));
        const angles = overHeads(multiply(unsqueeze(cast(tensor, "float32"), -1), learned));
        return turnPairs(vectors, { cosine: cos(angles), sine: sin(angles) }, layout);
      },
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
