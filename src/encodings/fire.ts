/**
 * FIRE: a learned function of the distance relative to the query's position.
 *
 * Li et al., "Functional Interpolation for Relative Positions Improves Long Context Transformers",
 * ICLR 2024. https://arxiv.org/abs/2310.04418
 *
 *     score[h, i, j] ← score[h, i, j] + f(ψ(|i − j|) / (ψ(max(i, L)) + 10⁻⁶))_h
 *     ψ(x) = ln(|c · x| + 1),   L = |multiplier · threshold|,   f: Linear(1 → width), ReLU, Linear(width → heads)
 *
 * i is the query's own position, so the bias of a distance changes along the text once i exceeds L.
 *
 * Acts on:    attention scores [batch, heads, query, key], after the score scale
 * Learns:     position.fire.scale (c, from 0.1), .multiplier (from 1), .hidden and .output, in each layer its
 *             own (`shared: true`: one for all layers, the paper's FIRE-S). Weights of f decay, its biases, c and the
 *             multiplier do not
 * Reference:  the module of the paper's appendix, as in chuanyang-Zheng/DAPE, DAPE.py
 * Differs:    below the threshold FIRE is a function of the distance alone, so a training on short texts sees nothing
 *             of the interpolation unless a smaller threshold is written: a quarter of the train length is the
 *             authors' 512 at their 2,048. A copy for training in that repository halves it.
 *             The reference has distance 0 for future keys, equal under its causal mask; |i − j| serves
 *             encoders too, as in mcleish7/arithmetic.
 *
 * @module
 */
import { abs, log, relu } from "../operators/pointwise.ts";
import { add, divide, maximum, multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { matmul } from "../operators/matmul.ts";
import { reshape, transpose, unsqueeze } from "../operators/movement.ts";
import { concat } from "../operators/slicing.ts";
import { constant, fill } from "../operators/source.ts";
import { sizeOf } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { flag, number, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { denseSpecs } from "./parts/dense-layer.ts";
import type { Owner } from "./parts/dense-layer.ts";
import type { EncodingContext } from "./position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { distanceBias } from "./parts/toeplitz.ts";

/** FIRE. */
export const fire = defineEncoding({
  id: "fire",
  family: "bias",
  summary:
    "A small network reads the distance as a share of the query's position, both as logarithms.",
  formula: "score[h,i,j] = q_i·k_j / √d + MLP(ψ(|i−j|) / ψ(max(i,L)))_h,  ψ(x) = ln(|c·x|+1)",
  paper: {
    title: "Functional Interpolation for Relative Positions Improves Long Context Transformers",
    year: 2024,
    url: "https://arxiv.org/abs/2310.04418",
  },
  options: {
    width: option("Hidden width of f.", whole({ least: 1 }), { default: 32 }),
    threshold: option("L before training.", number({ above: 0 }), { default: 512 }),
    shared: option("Whether all layers share one module.", flag, { default: false }),
  },
  create({ heads }, { width, shared, threshold }) {
    const bias = (context: EncodingContext): Tensor =>
      network(context, shareOfPosition(context, threshold));
    return {
      id: "fire",
      parameters: specs(width, heads, shared ? "model" : "layer"),
      ...(shared ? { bias } : { layerBias: bias }),
      cache: { keys: "either" },
      shiftInvariant: false,
    };
  },
});

function specs(width: number, heads: number, owner: Owner): ParameterSpec[] {
  const scalar = (name: string, value: number): ParameterSpec => ({
    name: `position.fire.${name}`,
    shape: [1],
    initial: { kind: "values", values: [value] },
    owner,
    decays: false,
  });
  return [
    scalar("scale", 0.1),
    scalar("multiplier", 1),
    ...denseSpecs("position.fire.hidden", 1, width, owner),
    ...denseSpecs("position.fire.output", width, heads, owner, true),
  ];
}

/** `ψ(|i − j|) / (ψ(max(i, L)) + ε)`, `[1, query, key]` or `[batch, 1, query, key]`. */
function shareOfPosition(context: EncodingContext, threshold: number): Tensor {
  const scale = context.parameter("position.fire.scale");
  const psi = (x: Tensor): Tensor => log(add(abs(multiply(x, scale)), 1));
  const gaps = distanceBias(context, ({ tensor }) => unsqueeze(psi(tensor), 0));
  const limit = abs(multiply(context.parameter("position.fire.multiplier"), threshold));
  const i = cast(unsqueeze(context.queries.tensor, -1), "float32");
  const furthest = add(psi(maximum(i, limit)), 1e-6);
  return divide(gaps, gaps.shape.length === 4 ? unsqueeze(furthest, 1) : furthest);
}

/**
 * f at every pair. Biases are weights of an input, and of a hidden unit, that is always 1: the largest
 * arrays here are `width · query · key`, and each pass over them that a sum would cost is saved.
 */
function network(context: EncodingContext, share: Tensor): Tensor {
  const parameter = (name: string): Tensor => context.parameter(`position.fire.${name}`);
  const pairs = sizeOf(share.shape);
  const inputs = concat([reshape(share, [1, pairs]), fill([1, pairs], 1)], 0);
  const first = concat(
    [
      concat([parameter("hidden.weight"), constant([1, 1], [0])], 1),
      concat([unsqueeze(parameter("hidden.bias"), 0), constant([1, 1], [1])], 1),
    ],
    0,
  );
  const hidden = relu(matmul(first, inputs, { transposeA: true }));
  const second = concat([parameter("output.weight"), unsqueeze(parameter("output.bias"), 0)], 0);
  const found = matmul(second, hidden, { transposeA: true });
  const heads = found.shape[0]!;
  const [query, key] = share.shape.slice(-2);
  if (share.shape.length === 3) return reshape(found, [heads, query!, key!]);
  return transpose(reshape(found, [heads, share.shape[0]!, query!, key!]), [1, 0, 2, 3]);
}
