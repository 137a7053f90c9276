/**
 * Log-spaced continuous position bias, with cosine attention.
 *
 * Liu et al., "Swin Transformer V2: Scaling Up Capacity and Resolution", CVPR 2022.
 * https://arxiv.org/abs/2111.09883
 *
 *     score[h, i, j] = exp(min(λ_h, ln 100)) · (q_i / ‖q_i‖)·(k_j / ‖k_j‖) + 16 σ(MLP(u))_h
 *     u              = sign(i − j) · log₂(1 + 8 |i − j| / (window − 1)) / log₂ 8     of each axis
 *     MLP            = Linear(axes → hidden), ReLU, Linear(hidden → heads) without bias
 *
 * Acts on:    queries and keys, which it norms; attention scores [batch, heads, query, key]
 * Learns:     position.log-cpb.scale (λ, from ln 10) [heads], .hidden and .output, in each layer its own; none decays,
 *             as the authors exempt "cpb_mlp" and "logit_scale" (Swin-Transformer, models/swin_transformer_v2.py)
 * Reference:  transformers, models/swinv2/modeling_swinv2.py, Swinv2SelfAttention
 * Differs:    text has one axis; `gridWidth` gives the reference's two. The window only sets the scale of u,
 *             as the reference's pre-training window does; by default it is the train length.
 *             A window of 1 divides by 1, not by 0.
 *             The reference's key projection has no bias; this model's has one where its layers do.
 *             With `cosine: false` scores are scaled products, as elsewhere.
 *
 * @module
 */
import { add, divide, maximum, multiply } from "../operators/arithmetic.ts";
import { clamp } from "../operators/clamp.ts";
import { matmul } from "../operators/matmul.ts";
import { reshape, transpose, unsqueeze } from "../operators/movement.ts";
import { abs, exp, log, relu, sigmoid, sign, sqrt } from "../operators/pointwise.ts";
import { sum } from "../operators/reduction.ts";
import { constant } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { either, flag, listOf, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { dense } from "./parts/dense-layer.ts";
import { gridBias, gridWidthOption } from "./parts/grid.ts";
import type { EncodingContext } from "./position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { distanceBias } from "./parts/toeplitz.ts";

const prefix = "position.log-cpb";

/** Swin V2's continuous position bias. */
export const logCpb = defineEncoding({
  id: "log-cpb",
  family: "bias",
  summary:
    "A small network reads the distance's logarithm; scores are cosines times a learned factor.",
  formula:
    "score[h,i,j] = exp(min(λ_h, ln 100))·cos(q_i,k_j) + 16·σ(MLP(±log₂(1+8|i−j|/(W−1))/3))_h",
  paper: {
    title: "Swin Transformer V2: Scaling Up Capacity and Resolution",
    year: 2022,
    url: "https://arxiv.org/abs/2111.09883",
  },
  options: {
    hidden: option("Width of the network's hidden layer.", whole({ least: 1 }), { default: 512 }),
    window: option(
      "The distance that counts as 1: positions, or [rows, columns] of a grid.",
      either(whole({ least: 1 }), listOf(whole({ least: 1 }), { count: 2 })),
      { otherwise: "the train length" },
    ),
    gridWidth: gridWidthOption,
    cosine: option("Whether scores are cosines times a learned factor.", flag, {
      default: true,
    }),
  },
  create({ heads, trainLength }, options) {
    const { hidden, gridWidth, cosine } = options;
    const window = windowOf(options.window, gridWidth, trainLength);
    const network = (context: EncodingContext, differences: Tensor): Tensor => {
      const steps = constant(
        [1, window.length],
        window.map((size) => 8 / Math.max(size - 1, 1)),
      );
      const grown = log(add(multiply(abs(differences), steps), 1));
      const u = multiply(multiply(sign(differences), grown), 1 / Math.log(8));
      const first = relu(dense(context, `${prefix}.hidden`, u));
      return multiply(sigmoid(matmul(first, context.parameter(`${prefix}.output.weight`))), 16);
    };
    return {
      id: "log-cpb",
      parameters: specs(window.length, hidden, heads, cosine),
      ...(cosine && {
        scoreScale: 1,
        rotation: "factor" as const,
        rotate(vectors, _, role, context) {
          const unit = normalised(vectors);
          if (role === "key") return unit;
          const scale = clamp(context.parameter(`${prefix}.scale`), { max: Math.log(100) });
          return multiply(unit, reshape(exp(scale), [heads, 1, 1]));
        },
      }),
      layerBias: (context) =>
        gridWidth === undefined
          ? distanceBias(context, ({ tensor }) =>
              transpose(network(context, unsqueeze(tensor, 1)), [1, 0]),
            )
          : gridBias(context, gridWidth, (differences) => network(context, differences)),
      cache: { keys: "either" },
      shiftInvariant: gridWidth === undefined,
    };
  },
});

function specs(axes: number, hidden: number, heads: number, cosine: boolean): ParameterSpec[] {
  const own = (
    name: string,
    shape: number[],
    initial: ParameterSpec["initial"],
  ): ParameterSpec => ({
    name: `${prefix}.${name}`,
    shape,
    initial,
    owner: "layer",
    decays: false,
  });
  const small = { kind: "normal", deviation: 0.02 } as const;
  const ten = { kind: "values", values: Array<number>(heads).fill(Math.log(10)) } as const;
  return [
    ...(cosine ? [own("scale", [heads], ten)] : []),
    own("hidden.weight", [axes, hidden], small),
    own("hidden.bias", [hidden], { kind: "zeros" }),
    own("output.weight", [hidden, heads], small),
  ];
}

/** `x / max(‖x‖, 1e-12)` along the last axis, as PyTorch's `normalize`. */
function normalised(x: Tensor): Tensor {
  // The bound is inside the root, whose slope at 0 is infinite.
  const squares = sum(multiply(x, x), { axes: [-1], keep: true });
  return divide(x, sqrt(maximum(squares, 1e-24)));
}

function windowOf(
  window: number | readonly number[] | undefined,
  gridWidth: number | undefined,
  trainLength: number,
): readonly number[] {
  const rows = gridWidth === undefined ? [] : [Math.ceil(trainLength / gridWidth)];
  const sizes = window ?? [...rows, gridWidth ?? trainLength];
  const listed = typeof sizes === "number" ? [sizes] : sizes;
  const axes = gridWidth === undefined ? 1 : 2;
  if (listed.length !== axes)
    throw new RangeError(
      `log-cpb: window must be ${axes === 1 ? "a number without gridWidth" : "[rows, columns] with gridWidth"}, ` +
        `got ${JSON.stringify(window)}. Give the size that was trained with, or leave it out.`,
    );
  return listed;
}
