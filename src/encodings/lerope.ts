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
 *             frequencies are not known beforehand: near position p they are off by about p · 1e-7, and so a
 *             text has an end, `maxLength`
 *
 * @module
 */
import { multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { unsqueeze } from "../operators/movement.ts";
import { cos, exp, sin } from "../operators/pointwise.ts";
import { constant } from "../operators/source.ts";
import { option } from "../options/option.ts";
import { whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import type { PositionEncoding } from "./position-encoding.ts";
import { baseOption, geometricFrequencies, overHeads } from "./parts/angles.ts";
import { furthestPosition, lengthLimit } from "./parts/limit.ts";
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
    maxLength: option(
      "The longest text; the angle of a last position p is off by about p · 1e-7.",
      whole({ least: 1, most: furthestPosition }),
      { default: 16384 },
    ),
  },
  create({ headDim }, { base, layout, rotated = headDim, frequencies, maxLength }) {
    checkRotated("lerope", rotated, headDim);
    const limit = lengthLimit(
      "lerope",
      maxLength,
      "its frequencies are learned, so angles are formed in float32 and are off by about 1e-7 of a position",
    );
    const initial = { kind: "zeros" } as const;
    const start = constant([rotated / 2], geometricFrequencies(rotated, base));
    return {
      id: "lerope",
      parameters: [
        { name: alpha, shape: [rotated / 2], initial, owner: frequencies, decays: false },
      ],
      limit,
      rotate(vectors, positions, _, context) {
        const { tensor, values } = positions;
        checkReach(values, limit);
        const learned = multiply(start, exp(context.parameter(alpha)));
        const angles = overHeads(multiply(unsqueeze(cast(tensor, "float32"), -1), learned));
        return turnPairs(vectors, { cosine: cos(angles), sine: sin(angles) }, layout);
      },
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});

/** @throws {RangeError} while the graph is built, if a known position is farther from 0 than the limit, either way */
function checkReach(
  values: readonly number[] | undefined,
  { length, reason }: NonNullable<PositionEncoding["limit"]>,
): void {
  const outside = values?.find((position) => Math.abs(position) >= length);
  if (outside !== undefined)
    throw new RangeError(
      `lerope: position ${outside} is beyond its ${length}: ${reason}. Raise maxLength if that is accurate enough.`,
    );
}
