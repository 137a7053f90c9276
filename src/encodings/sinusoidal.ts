/**
 * Sinusoidal positions: waves of geometrically growing length, added to the token vectors.
 *
 * Vaswani et al., "Attention Is All You Need", 2017. https://arxiv.org/abs/1706.03762
 *
 *     x_i ← dropout(x_i + p(i))
 *     p(i)[2m] = sin(i ω_m),  p(i)[2m + 1] = cos(i ω_m),   ω_m = base^(−2m/model)     layout paper
 *     p(i)     = [sin(i ω) ; cos(i ω)],                    ω_m = base^(−2m/model)     layout concat
 *     p(i)     = [sin(i ω) ; cos(i ω)],                    ω_m = base^(−m/(model/2 − 1))  layout t2t
 *
 * Acts on:    token vectors [batch, query, model], once, before the first block
 * Learns:     nothing; with `scale: "learned"` position.sinusoidal.scale [1], from model^−½, which
 *             multiplies p and does not decay. Token vectors are multiplied by √model and start from N(0, 1/model), so that
 *             both parts of the sum are of one size
 * Reference:  the paper, sections 3.4 and 3.5, and its code, tensor2tensor, layers/modalities.py (tokens); x-transformers,
 *             ScaledSinusoidalEmbedding (concat, scale); transformers, models/m2m_100/modeling_m2m_100.py (t2t)
 * Differs:    angles are formed in float64 and rounded once; the references form them in float32.
 *             GPT-like models multiply nothing and keep their own first values (`embedScale: "none"`).
 *             M2M100 counts from padding index + 1 and gives padding zeros; here positions are data.
 *
 * @module
 */
import { add, multiply } from "../operators/arithmetic.ts";
import { reshape, unsqueeze } from "../operators/movement.ts";
import { concat } from "../operators/slicing.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { number, whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { anglesOf, baseOption, geometricFrequencies } from "./parts/angles.ts";
import { checkPositions, lengthLimit } from "./parts/limit.ts";
import type { Positions } from "./position-encoding.ts";

type SinusoidalLayout = "paper" | "concat" | "t2t";

const scaleName = "position.sinusoidal.scale";

/** Sinusoidal positions. */
export const sinusoidal = defineEncoding({
  id: "sinusoidal",
  family: "input",
  summary:
    "Sines and cosines of the position, at many wavelengths, are added to the token vectors.",
  formula: "x_i ← x_i + p(i),  p(i)[2m] = sin(i·10000^(−2m/D)),  p(i)[2m+1] = cos(i·10000^(−2m/D))",
  paper: {
    title: "Attention Is All You Need",
    year: 2017,
    url: "https://arxiv.org/abs/1706.03762",
  },
  options: {
    layout: option(
      "Order and frequencies of the waves; weights trained with one do not fit another.",
      word("paper", "concat", "t2t"),
      { default: "paper" },
    ),
    base: baseOption,
    maxLength: option("Rows of the table, for a table with an end.", whole({ least: 1 }), {
      otherwise: "no end",
    }),
    dropout: option(
      "Share dropped from the sum of token and position, beside the model's own dropout.",
      number({ least: 0, below: 1 }),
      { default: 0 },
    ),
    embedScale: option(
      "Whether token vectors are first multiplied by √model, as in the paper.",
      word("none", "root-model"),
      { default: "root-model" },
    ),
    tokenStart: option("Standard deviation that token vectors start with.", number({ above: 0 }), {
      otherwise: 'model^−½; with embedScale "none" the model\'s own 0.02',
    }),
    scale: option(
      "Whether the waves are multiplied by a learned number, from model^−½.",
      word("none", "learned"),
      { default: "none" },
    ),
  },
  create({ model }, { layout, base, maxLength, dropout, embedScale, tokenStart, scale }) {
    const deviation = tokenStart ?? (embedScale === "root-model" ? model ** -0.5 : undefined);
    const frequencies = frequenciesOf(layout, model, base);
    const limit = maxLength === undefined ? undefined : lengthLimit("sinusoidal", maxLength);
    return {
      id: "sinusoidal",
      parameters:
        scale === "learned"
          ? [
              {
                name: scaleName,
                shape: [1],
                initial: { kind: "values", values: [model ** -0.5] },
                decays: false,
              },
            ]
          : [],
      ...(limit && { limit }),
      ...(deviation !== undefined && { tokenInitial: { kind: "normal", deviation } as const }),
      embed(embeddings, context) {
        checkPositions("sinusoidal", context.queries, limit);
        const tokens =
          embedScale === "root-model" ? multiply(embeddings, Math.sqrt(model)) : embeddings;
        const waves = wavesOf(context.queries, frequencies, layout);
        const scaled = scale === "learned" ? multiply(waves, context.parameter(scaleName)) : waves;
        return context.dropout(add(tokens, scaled), dropout);
      },
      cache: { keys: "either" },
      shiftInvariant: false,
    };
  },
});

function frequenciesOf(layout: SinusoidalLayout, model: number, base: number): readonly number[] {
  const narrowest = layout === "t2t" ? 4 : 2; // t2t divides by model/2 − 1
  if (model % 2 !== 0 || model < narrowest)
    throw new RangeError(
      `sinusoidal: layout ${layout} needs an even model width of ${narrowest} or more, got ${model}. ` +
        `Each frequency takes a sine and a cosine.`,
    );
  const half = model / 2;
  return layout === "t2t"
    ? Array.from({ length: half }, (_, m) => base ** (-m / (half - 1)))
    : geometricFrequencies(model, base);
}

/** p, float32 `[...positions, model]`. */
function wavesOf(
  positions: Positions,
  frequencies: readonly number[],
  layout: SinusoidalLayout,
): Tensor {
  const { sine, cosine } = anglesOf(positions, frequencies);
  if (layout !== "paper") return concat([sine, cosine], -1);
  const pairs = concat([unsqueeze(sine, -1), unsqueeze(cosine, -1)], -1);
  return reshape(pairs, [...sine.shape.slice(0, -1), 2 * frequencies.length]);
}
