/**
 * DAPE's network over the heads, at every pair of query and key, with or without a kernel along the keys.
 *
 *     hidden = leaky(Σ_t [s ; b]_{j + t − κ/2} hidden_t + hidden.bias)
 *     change = Σ_t hidden_{j + t − κ/2} output_t                             t = 0 … κ − 1
 *
 * Heads are channels on the axis before the pairs: a product over flattened pairs
 * needs no transpose. The base bias is the same in every batch, and so is its part of `hidden`.
 *
 * @module
 */
import { leakyRelu } from "../../operators/activation.ts";
import { add } from "../../operators/arithmetic.ts";
import { matmul } from "../../operators/matmul.ts";
import { expand, reshape, transpose } from "../../operators/movement.ts";
import { concat, pad, slice, split } from "../../operators/slicing.ts";
import type { Dimension } from "../../tensor/dimension.ts";
import { addDimensions, multiplyDimensions } from "../../tensor/dimension.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { EncodingContext } from "../position-encoding.ts";
import type { ParameterSpec } from "../../parameters/spec.ts";

/** Sizes of the network. */
export interface NetworkSizes {
  readonly heads: number;
  /** Hidden channels. */
  readonly width: number;
  /** Taps of each convolution, odd; 1 is a linear map. */
  readonly kernel: number;
}

/**
 * Specs of `name.hidden.weight [kernel, 2 heads, width]`, `name.hidden.bias [width]` and
 * `name.output.weight [kernel, width, heads]`, each layer its own; the weights decay. An output bias would add one number
 * to all scores of a head, which no softmax sees.
 */
export function networkSpecs(
  name: string,
  { heads, width, kernel }: NetworkSizes,
): ParameterSpec[] {
  const spec = (tensor: string, shape: readonly number[], from: number): ParameterSpec => ({
    name: `${name}.${tensor}`,
    shape,
    // PyTorch's first values of a linear map and of a convolution.
    initial: { kind: "uniform", bound: (from * kernel) ** -0.5 },
    owner: "layer",
    decays: !tensor.endsWith("bias"),
  });
  return [
    spec("hidden.weight", [kernel, 2 * heads, width], 2 * heads),
    spec("hidden.bias", [width], 2 * heads),
    spec("output.weight", [kernel, width, heads], width),
  ];
}

/**
 * The network's change of the scores, from scores `[batch, heads, query, key]` and a bias that
 * broadcasts to them. Keys are padded with zeros after the last, so that no row depends on how many
 * follow. `hide` may change the hidden numbers `[batch, width, query, key + (kernel − 1) / 2]`.
 */
export function networkChange(
  name: string,
  { heads, width, kernel }: NetworkSizes,
  scores: Tensor,
  bias: Tensor,
  context: EncodingContext,
  hide: (hidden: Tensor) => Tensor = (hidden) => hidden,
): Tensor {
  const reach = (kernel - 1) / 2;
  const tensor = (part: string): Tensor => context.parameter(`${name}.${part}`);
  const weight = tensor("hidden.weight");
  const [query, key] = scores.shape.slice(-2) as [Dimension, Dimension];
  const lead = bias.shape.length > 3 ? [bias.shape[0]!] : [1];
  const base = expand(bias, [...lead, heads, query, key]);

  const fromScores = convolve(scores, slice(weight, 1, 0, heads), reach);
  const fromBias = convolve(base, slice(weight, 1, heads, heads), reach);
  const start = add(fromBias, reshape(tensor("hidden.bias"), [width, 1, 1]));
  const hidden = hide(leakyRelu(add(fromScores, start), 0.01));
  return convolveBack(hidden, tensor("output.weight"), key);
}

/** `[..., in, query, key]`, weight [κ, in, out] → `[..., out, query, key + reach]`: inputs are shifted. */
function convolve(x: Tensor, weight: Tensor, reach: number): Tensor {
  const [taps, from, to] = weight.shape as [number, number, number];
  const wide = pad(x, -1, reach, 2 * reach);
  const length = addDimensions(x.shape.at(-1)!, reach);
  const shifted = Array.from({ length: taps }, (_, tap) => slice(wide, -1, tap, length));
  return mix(concat(shifted, -3), reshape(weight, [taps * from, to]));
}

/** `[..., in, query, key + reach]` → `[..., out, query, key]`: outputs, being fewer, are shifted. */
function convolveBack(x: Tensor, weight: Tensor, key: Dimension): Tensor {
  const [taps, from, to] = weight.shape as [number, number, number];
  const mixed = mix(x, reshape(transpose(weight, [1, 0, 2]), [from, taps * to]));
  return split(pad(mixed, -1, (taps - 1) / 2, 0), -3, taps)
    .map((part, tap) => slice(part, -1, tap, key))
    .reduce((a, b) => add(a, b));
}

/** `[..., in, query, key]`, weight [in, out] → `[..., out, query, key]` */
function mix(x: Tensor, weight: Tensor): Tensor {
  const [from, query, key] = x.shape.slice(-3) as [number, Dimension, Dimension];
  const lead = x.shape.slice(0, -3);
  const flat = reshape(x, [...lead, from, multiplyDimensions(query, key)]);
  const mixed = matmul(weight, flat, { transposeA: true });
  return reshape(mixed, [...lead, weight.shape[1]!, query, key]);
}
