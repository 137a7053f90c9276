/**
 * FoPE: Fourier position embedding. Each pair rotates by a mixture of frequencies, without those that are too slow.
 *
 * Hua et al., "Fourier Position Embedding", ICML 2025. https://arxiv.org/abs/2412.17739
 *
 *     (x_a, x_b) ← (x_a c − x_b s, x_a s + x_b c),   c_h,m(i) = Σ_n cos(i ω_n) C_h[n, m],  s by sines and S_h
 *     ω_n = base^(−2n/headDim) where ω_n > 2π/length, that is where training has a whole turn
 *     C, S start as the identity (every ⌈n/m⌉-th frequency) plus N(0, σ²), and stay so unless `learned`
 *
 * Pairs are (m, m + headDim/2). Those beyond the mixtures have c = s = 1, as in both references: they do not
 * depend on positions, and count twice.
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale
 * Learns:     nothing; with `learned` position.fope.cosine and .sine [heads, frequencies, pairs] in every layer; they
 *             decay, as the authors' coefficients do (olmo/optim.py, get_param_groups)
 * Reference:  TsinghuaC3I/Fourier-Position-Embedding, olmo/model.py; vllm, rotary_embedding/fope.py
 * Differs:    mixtures that are not learned are sampled by `seed`, not by the training's, in each layer anew; mixtures that
 *             are learned start with the same values in all layers. σ is the references' Xavier rule for
 *             a tensor of that shape: gain · √(2/((heads + frequencies) · pairs))
 *
 * @module
 */
import { matmul } from "../operators/matmul.ts";
import { unsqueeze } from "../operators/movement.ts";
import { concat } from "../operators/slicing.ts";
import { constant, fill } from "../operators/source.ts";
import { random } from "../random/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { flag, number, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { anglesOf, baseOption, geometricFrequencies } from "./parts/angles.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { checkRotated, turnPairs } from "./parts/rotation.ts";

/** Rotary positions with mixed frequencies. */
export const fope = defineEncoding({
  id: "fope",
  family: "rotary",
  summary:
    "As RoPE, with a mixture of frequencies in each pair, and without those too slow to learn.",
  formula:
    "score[i,j] = (F(i)q_i)·(F(j)k_j) / √d,  F rotates pair m by a mixture of the angles i·10000^(−2n/d)",
  paper: {
    title:
      "Fourier Position Embedding: Enhancing Attention's Periodic Extension for Length Generalization",
    year: 2025,
    url: "https://arxiv.org/abs/2412.17739",
  },
  options: {
    base: baseOption,
    length: option(
      "Frequencies without a whole turn in this many positions are left out.",
      whole({ least: 1 }),
      { otherwise: "the train length" },
    ),
    pairs: option("Pairs that rotate.", whole({ least: 1 }), {
      otherwise: "as many as frequencies, at most headDim/4",
    }),
    gain: option("Size of the random part of the mixtures.", number({ least: 0 }), {
      default: 0.3,
    }),
    learned: option("Whether the mixtures are learned.", flag, { default: false }),
    seed: option(
      "Seed of the random part of the mixtures.",
      whole({ least: 0, most: Number.MAX_SAFE_INTEGER }),
      {
        default: 1,
        only: { option: "gain", words: "a gain above 0", holds: ({ gain }) => gain !== 0 },
      },
    ),
  },
  create({ heads, headDim, trainLength }, options) {
    const { base, length = trainLength, gain, learned, seed } = options;
    checkRotated("fope", headDim, headDim);
    const frequencies = geometricFrequencies(headDim, base).filter(
      (f) => f > (2 * Math.PI) / length,
    );
    const count = frequencies.length;
    if (count === 0)
      throw new RangeError(
        `fope: no frequency has a whole turn in ${length} positions. Choose a length of 7 or more.`,
      );
    const { pairs = Math.min(count, Math.max(1, Math.floor(headDim / 4))) } = options;
    if (pairs > count)
      throw new RangeError(
        `fope: pairs must be from 1 to the ${count} frequencies with a whole turn in ${length} positions, ` +
          `got ${pairs}.`,
      );
    const shape = [heads, count, pairs];
    const mixture = (part: Part, layer: number): readonly number[] => {
      const deviation = gain * Math.sqrt(2 / ((heads + count) * pairs));
      const stream = seed === undefined ? undefined : random(seed, "fope", part, layer);
      const step = Math.ceil(count / pairs);
      return Array.from({ length: heads * count * pairs }, (_, at) => {
        const [n, m] = [Math.floor(at / pairs) % count, at % pairs];
        return +(n === m * step) + (stream ? deviation * stream.normal() : 0);
      });
    };
    const spec = (part: Part): ParameterSpec => ({
      name: `position.fope.${part}`,
      shape,
      initial: { kind: "values", values: mixture(part, 0) },
      owner: "layer",
      decays: true,
    });
    return {
      id: "fope",
      parameters: learned ? [spec("cosine"), spec("sine")] : [],
      rotatesByHead: true,
      rotate(vectors, positions, _, context) {
        const waves = anglesOf(positions, frequencies);
        const mixed = (part: Part): Tensor => {
          const weights = learned
            ? context.parameter(`position.fope.${part}`)
            : constant(shape, mixture(part, context.layer));
          // [1, length, n] or [batch, 1, length, n] · [heads, n, m]
          const sums = matmul(unsqueeze(waves[part], -3), weights);
          const still = [...sums.shape.slice(0, -1), headDim / 2 - pairs];
          return pairs === headDim / 2 ? sums : concat([sums, fill(still, 1)], -1);
        };
        return turnPairs(vectors, { cosine: mixed("cosine"), sine: mixed("sine") }, "half");
      },
      cache: { keys: "either" },
      shiftInvariant: false,
    };
  },
});

type Part = "cosine" | "sine";
