/**
 * Selective RoPE: queries and keys rotate by angles that are summed along the text.
 *
 * "Selective Rotary Position Embedding", 2025. https://arxiv.org/abs/2511.17388
 *
 *     score[h, i, j] = scale · (R(φ_i) q_i) · (R(φ_j) k_j)          R(φ) rotates pair (m, m + headDim/2) by φ[m]
 *     φ_t = temperature ∘ Σ_{s ≤ t} g_s,   g = (c + e^bias) ∘ gate  bias and gate only where asked for
 *     c_t = Σ_{s=0…3} kernel_s ∘ f_{t−3+s},   f = u · down · up     f = 0 before the text
 *     u   = each head's part of x / √(its Σ x² + 1e-6), joined      x: the layer's input
 *     temperature_m = maxTemperature · base^(−2m/headDim)
 *     gate = σ(u · weight + bias), of a head; with gate "channel", of a pair, σ(u · down · weight + bias)
 *
 * With projection "heads", f of a head is scale_h · u_h · W_h with each column of W_h divided by its norm.
 *
 * Acts on:    attention scores [batch, heads, query, key], causal ones only
 * Learns:     in each layer position.selective-rope.down [model, rank] and .up [rank, heads · pairs], or .weight
 *             [heads, model / heads, pairs] and .scale [heads]; .kernel [4, heads · pairs]; where asked for, .bias
 *             and .temperature, and .gate.weight and .bias, for channels with .gate.down [model, gateRank]. Weights and the
 *             kernel decay; .scale (the authors' scalar._no_weight_decay), .temperature and biases do not
 * Reference:  timurcarstensen/selective-rope, src/selective_rope/modules/rotary.py; fla-core, l2norm.py and
 *             causal_conv1d
 * Differs:    rank is 32, as in all configurations of the authors; their module has 16 unless given. First weights
 *             are N(0, 0.02²); the module's are those of PyTorch's layers. Padding adds no angle
 *
 * @module
 */
import { add, divide, maximum, multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { cumsum } from "../operators/cumsum.ts";
import { matmul } from "../operators/matmul.ts";
import { reshape, unsqueeze } from "../operators/movement.ts";
import { cos, exp, sigmoid, sin, sqrt } from "../operators/pointwise.ts";
import { sum } from "../operators/reduction.ts";
import { pad, slice } from "../operators/slicing.ts";
import { constant } from "../operators/source.ts";
import { option, optionIs } from "../options/option.ts";
import { flag, number, whole, word } from "../options/value.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { defineEncoding } from "./define-encoding.ts";
import { geometricFrequencies } from "./parts/angles.ts";
import { projectionSpecs, projectToHeads, splitHeads } from "./parts/layer-input.ts";
import { checkRotated, turnPairs } from "./parts/rotation.ts";
import type { EncodingContext, TokenState } from "./position-encoding.ts";

const own = (tensor: string): string => `position.selective-rope.${tensor}`;
const taps = 4;
const normal = { kind: "normal", deviation: 0.02 } as const;

/** Rotary positions that follow from the text. */
export const selectiveRope = defineEncoding({
  id: "selective-rope",
  family: "content",
  summary:
    "Pairs of query and key components rotate by angles that are summed over the tokens before them.",
  formula: "score[i,j] = (R(φ_i)q_i)·(R(φ_j)k_j) / √d,  φ_t = temperature·Σ_{s≤t} conv(W x)_s",
  paper: {
    title: "Selective Rotary Position Embedding",
    year: 2025,
    url: "https://arxiv.org/abs/2511.17388",
  },
  options: {
    projection: option(
      "Whether angles come from the whole input or each head's part.",
      word("low-rank", "heads"),
      { default: "low-rank" },
    ),
    rank: option("Rank of the projection to angles.", whole({ least: 1 }), {
      default: 32,
      only: optionIs("projection", "low-rank"),
    }),
    base: option("Base of the temperatures.", number({ above: 1 }), { default: 500000 }),
    maxTemperature: option("Temperature of the first pair.", number({ above: 0 }), { default: 1 }),
    learnedTemperature: option("Whether temperatures are learned.", flag, { default: false }),
    bias: option("Whether every token adds a learned positive angle.", flag, { default: false }),
    gate: option(
      "Whether a gate scales each token's angle, per head or per pair.",
      word("none", "head", "channel"),
      { default: "none" },
    ),
    gateRank: option("Rank of the gate of each pair.", whole({ least: 1 }), {
      default: 16,
      only: optionIs("gate", "channel"),
    }),
  },
  create({ model, heads, headDim, causal }, options) {
    if (!causal)
      throw new RangeError(
        "selective-rope: angles add up from the first token on, so it needs a causal model. Use a decoder.",
      );
    checkRotated("selective-rope", headDim, headDim);
    if (model % heads !== 0)
      throw new RangeError(
        `selective-rope: it norms each head's part of the input, and model ${model} has no ${heads} equal ` +
          `parts. Choose model as a multiple of heads.`,
      );
    const { projection, rank, gate, gateRank, bias, learnedTemperature } = options;
    const pairs = headDim / 2;
    const all = heads * pairs;
    const temperatures = geometricFrequencies(headDim, options.base).map(
      (frequency) => options.maxTemperature * frequency,
    );
    const spec = (name: string, shape: readonly number[], initial: Initial): ParameterSpec => ({
      name: own(name),
      shape,
      initial,
      owner: "layer",
      decays: !["scale", "bias", "temperature"].includes(name),
    });
    const projected =
      projection === "low-rank"
        ? [spec("down", [model, rank!], normal), spec("up", [rank!, all], normal)]
        : [
            spec("weight", [heads, model / heads, pairs], normal),
            spec("scale", [heads], { kind: "ones" }),
          ];
    const gates =
      gate === "none"
        ? []
        : gate === "head"
          ? projectionSpecs(own("gate"), model, heads)
          : [
              spec("gate.down", [model, gateRank!], normal),
              ...projectionSpecs(own("gate"), gateRank!, all),
            ];
    return {
      id: "selective-rope",
      parameters: [
        ...projected,
        spec("kernel", [taps, all], normal),
        ...(bias ? [spec("bias", [heads, pairs], { kind: "zeros" })] : []),
        ...(learnedTemperature
          ? [spec("temperature", [pairs], { kind: "values", values: temperatures })]
          : []),
        ...gates,
      ],
      tokenState(x, context) {
        const u = normed(x, heads);
        const raw =
          projection === "low-rank" ? lowRank(u, heads, context) : byHeads(u, heads, context);
        if (gate === "none") return { raw };
        const read = gate === "head" ? u : matmul(u, context.parameter(own("gate.down")));
        return { raw, gate: sigmoid(projectToHeads(read, own("gate"), heads, context)) };
      },
      prepareTokenState(state, context) {
        const temperature = learnedTemperature
          ? context.parameter(own("temperature"))
          : constant([pairs], temperatures);
        const phi = multiply(cumsum(steps(state, bias, context), 2), temperature);
        return { cosine: cos(phi), sine: sin(phi) };
      },
      product({ query, key, scale, queryState, keyState }) {
        const turned = (vectors: Tensor, state: TokenState): Tensor =>
          turnPairs(vectors, { cosine: state["cosine"]!, sine: state["sine"]! }, "half");
        return matmul(turned(query, queryState), turned(key, keyState), {
          transposeB: true,
          scale,
        });
      },
      cache: {
        keys: "either",
        tokenState: [
          { name: "raw", heads, width: pairs },
          ...(gate === "none" ? [] : [{ name: "gate", heads, width: gate === "head" ? 1 : pairs }]),
        ],
      },
      shiftInvariant: true,
    };
  },
});

type Initial = ParameterSpec["initial"];

/** Each head's part of `[batch, length, model]` divided by its norm. */
function normed(x: Tensor, heads: number): Tensor {
  const [batch, length, model] = x.shape as [number, number, number];
  const parts = reshape(x, [batch, length, heads, model / heads]);
  const norm = sqrt(add(sum(multiply(parts, parts), { axes: [-1], keep: true }), 1e-6));
  return reshape(divide(parts, norm), [batch, length, model]);
}

/** f of every head `[batch, heads, length, pairs]` by two matrices. */
function lowRank(u: Tensor, heads: number, context: EncodingContext): Tensor {
  const low = matmul(u, context.parameter(own("down")));
  return splitHeads(matmul(low, context.parameter(own("up"))), heads);
}

/** f of every head from its own part of u. */
function byHeads(u: Tensor, heads: number, context: EncodingContext): Tensor {
  const weight = context.parameter(own("weight"));
  const norm = sqrt(sum(multiply(weight, weight), { axes: [1], keep: true }));
  const columns = divide(weight, maximum(norm, 1e-12));
  const scale = reshape(context.parameter(own("scale")), [heads, 1, 1]);
  return matmul(splitHeads(u, heads), multiply(columns, scale));
}

/** g of every token `[batch, heads, key, pairs]`. */
function steps({ raw, gate }: TokenState, bias: boolean, context: EncodingContext): Tensor {
  const { keyMask } = context;
  // Padding must not reach the first tokens of a text, nor rotate them.
  const text = keyMask && unsqueeze(unsqueeze(cast(keyMask, "float32"), 1), 3);
  const f = text ? multiply(raw!, text) : raw!;
  const [, heads, tokens, pairs] = f.shape as [number, number, number, number];
  const before = pad(f, 2, taps - 1, 0);
  const mixed = Array.from({ length: taps }, (_, tap) => {
    const weights = slice(context.parameter(own("kernel")), 0, tap, 1);
    return multiply(slice(before, 2, tap, tokens), reshape(weights, [heads, 1, pairs]));
  }).reduce((a, b) => add(a, b));
  const angle = bias ? add(mixed, exp(unsqueeze(context.parameter(own("bias")), 1))) : mixed;
  const gated = gate ? multiply(angle, gate) : angle;
  return text ? multiply(gated, text) : gated;
}
