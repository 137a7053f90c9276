/**
 * Dynamic position bias: a small network of the distance.
 *
 * Wang et al., "CrossFormer: A Versatile Vision Transformer Hinging on Cross-scale Attention", ICLR 2022.
 * https://arxiv.org/abs/2108.00154; for text, lucidrains/x-transformers.
 *
 *     score[h, i, j] ← score[h, i, j] + MLP(i − j)_h
 *
 *     x-transformers   Linear(1 → w) [norm] SiLU, depth − 1 times Linear(w → w) [norm] SiLU, Linear(w → heads)
 *     crossformer      Linear(1 → w), three times LayerNorm, ReLU, Linear; optionally residual
 *
 * The input is the raw distance, or sign(i − j) · ln(1 + |i − j|) with `logDistance`; in a grid it has two
 * axes. With raw distances the biases are straight lines beyond the train length.
 *
 * Acts on:    attention scores [batch, heads, query, key], after the score scale
 * Learns:     position.dynamic-position-bias.linear0 …, .norm0 …, .output…; one network for all layers in the form
 *             of x-transformers, one a layer in CrossFormer's. Weights of the linear layers decay, biases and norms do
 *             not (CrossFormer, optimizer.py)
 * Reference:  x-transformers, DynamicPositionBias; cheerss/CrossFormer, models/crossformer.py, DynamicPosBias
 * Differs:    CrossFormer's input is (Δrow, Δcolumn): give `gridWidth`; without it the network has one input.
 *             Its width is a sixteenth of the model's (its class divides twice by 4), here 4 at least.
 *             As in x-transformers, the first norm has no bias, the later ones have.
 *
 * @module
 */
import { add, multiply } from "../operators/arithmetic.ts";
import { silu } from "../operators/activation.ts";
import { transpose, unsqueeze } from "../operators/movement.ts";
import { abs, log, relu, sign } from "../operators/pointwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option, optionIs } from "../options/option.ts";
import { flag, whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { dense, denseSpecs, layerNormSpecs, normed } from "./parts/dense-layer.ts";
import type { Owner } from "./parts/dense-layer.ts";
import { gridBias, gridWidthOption } from "./parts/grid.ts";
import type { EncodingContext } from "./position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { distanceBias } from "./parts/toeplitz.ts";

const prefix = "position.dynamic-position-bias";

/** Dynamic position bias. */
export const dynamicPositionBias = defineEncoding({
  id: "dynamic-position-bias",
  family: "bias",
  summary: "A small network reads the distance and gives each head its bias.",
  formula: "score[h,i,j] = q_i·k_j / √d + MLP(i−j)_h",
  paper: {
    title: "CrossFormer: A Versatile Vision Transformer Hinging on Cross-scale Attention",
    year: 2021,
    url: "https://arxiv.org/abs/2108.00154",
  },
  options: {
    form: option("Whose network it is.", word("x-transformers", "crossformer"), {
      default: "x-transformers",
    }),
    width: option("Hidden width.", whole({ least: 1 }), {
      otherwise: "a quarter of the model's width; for CrossFormer a sixteenth, at least 4",
    }),
    depth: option("Hidden layers.", whole({ least: 1, most: 100 }), {
      default: 2,
      only: optionIs("form", "x-transformers"),
    }),
    logDistance: option("Whether the network reads the logarithm of the distance.", flag, {
      default: false,
    }),
    norm: option("Whether hidden layers are normed.", flag, {
      default: false,
      only: optionIs("form", "x-transformers"),
    }),
    residual: option("Whether the middle layers are added to their input.", flag, {
      default: false,
      only: optionIs("form", "crossformer"),
    }),
    shared: option("Whether all layers share one network.", flag, {
      otherwise: 'true, for form "crossformer" false',
    }),
    gridWidth: gridWidthOption,
  },
  create({ model, heads }, options) {
    const { logDistance, gridWidth } = options;
    const isCrossformer = options.form === "crossformer";
    const { shared = !isCrossformer } = options;
    const { width = isCrossformer ? Math.max(4, Math.floor(model / 16)) : Math.floor(model / 4) } =
      options;
    if (width < 1)
      throw new RangeError(
        `dynamic-position-bias: a quarter of the model's width ${model} is no hidden width. ` +
          `Choose a wider model, or set width.`,
      );
    const owner = shared ? "model" : "layer";
    const sizes = { inputs: gridWidth === undefined ? 1 : 2, width, heads, owner } as const;
    const { parameters, network } = isCrossformer
      ? crossformer(sizes, options.residual!)
      : stack(sizes, options.depth!, options.norm!);
    const read = (context: EncodingContext, distances: Tensor): Tensor =>
      network(context, logDistance ? signedLog(distances) : distances);
    const bias = (context: EncodingContext): Tensor =>
      gridWidth === undefined
        ? distanceBias(context, ({ tensor }) =>
            transpose(read(context, unsqueeze(tensor, 1)), [1, 0]),
          )
        : gridBias(context, gridWidth, (differences) => read(context, differences));
    return {
      id: "dynamic-position-bias",
      parameters,
      ...(shared ? { bias } : { layerBias: bias }),
      cache: { keys: "either" },
      shiftInvariant: gridWidth === undefined,
    };
  },
});

function signedLog(x: Tensor): Tensor {
  return multiply(sign(x), log(add(abs(x), 1)));
}

interface Sizes {
  readonly inputs: number;
  readonly width: number;
  readonly heads: number;
  readonly owner: Owner;
}

interface Network {
  readonly parameters: readonly ParameterSpec[];
  /** `[n, inputs]` → `[n, heads]` */
  readonly network: (context: EncodingContext, x: Tensor) => Tensor;
}

function stack({ inputs, width, heads, owner }: Sizes, depth: number, norm: boolean): Network {
  const hidden = [...Array(depth).keys()];
  return {
    parameters: [
      ...hidden.flatMap((k) => [
        ...denseSpecs(`${prefix}.linear${k}`, k === 0 ? inputs : width, width, owner),
        ...(norm ? layerNormSpecs(`${prefix}.norm${k}`, width, owner, k > 0) : []),
      ]),
      ...denseSpecs(`${prefix}.output`, width, heads, owner, true),
    ],
    network(context, x) {
      const last = hidden.reduce((below, k) => {
        const y = dense(context, `${prefix}.linear${k}`, below);
        return silu(norm ? normed(context, `${prefix}.norm${k}`, y, k > 0) : y);
      }, x);
      return dense(context, `${prefix}.output`, last);
    },
  };
}

function crossformer({ inputs, width, heads, owner }: Sizes, residual: boolean): Network {
  const stages = [1, 2, 3];
  return {
    parameters: [
      ...denseSpecs(`${prefix}.linear0`, inputs, width, owner),
      ...stages.flatMap((k) => [
        ...layerNormSpecs(`${prefix}.norm${k}`, width, owner),
        ...denseSpecs(`${prefix}.linear${k}`, width, k === 3 ? heads : width, owner, k === 3),
      ]),
    ],
    network: (context, x) =>
      stages.reduce(
        (below, k) => {
          const y = dense(
            context,
            `${prefix}.linear${k}`,
            relu(normed(context, `${prefix}.norm${k}`, below)),
          );
          return residual && k < 3 ? add(below, y) : y;
        },
        dense(context, `${prefix}.linear0`, x),
      ),
  };
}
