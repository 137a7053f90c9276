/**
 * Linear layers and norms of the small networks that make a bias of a distance.
 *
 * Started as PyTorch starts them, U(−1/√from, 1/√from) for weight and bias: these networks read raw
 * distances, and the small numbers of the model's other weights would give all distances almost the same bias.
 *
 * @module
 */
import { add } from "../../operators/arithmetic.ts";
import { matmul } from "../../operators/matmul.ts";
import { layerNorm } from "../../operators/normalisation.ts";
import { constant } from "../../operators/source.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { EncodingContext } from "../position-encoding.ts";
import type { ParameterSpec } from "../../parameters/spec.ts";

/** Who owns a tensor: the model, one for all layers, or each layer its own. */
export type Owner = NonNullable<ParameterSpec["owner"]>;

/** Specs of `name.weight [from, to]`, which decays, and `name.bias [to]`; `last` where `to` are the heads. */
export function denseSpecs(
  name: string,
  from: number,
  to: number,
  owner: Owner,
  last = false,
): ParameterSpec[] {
  const initial = { kind: "uniform", bound: from ** -0.5 } as const;
  return [
    { name: `${name}.weight`, shape: [from, to], initial, owner, decays: true },
    { name: `${name}.bias`, shape: [to], initial, owner, rowConstant: last, decays: false },
  ];
}

/** `x · weight + bias`, `[n, from]` → `[n, to]` */
export function dense(context: EncodingContext, name: string, x: Tensor): Tensor {
  const product = matmul(x, context.parameter(`${name}.weight`));
  return add(product, context.parameter(`${name}.bias`));
}

/** Specs of `name.weight` and, if it has one, `name.bias`, `[width]`. */
export function layerNormSpecs(
  name: string,
  width: number,
  owner: Owner,
  bias = true,
): ParameterSpec[] {
  const own = { shape: [width], owner, decays: false };
  const weight: ParameterSpec = { name: `${name}.weight`, initial: { kind: "ones" }, ...own };
  return bias ? [weight, { name: `${name}.bias`, initial: { kind: "zeros" }, ...own }] : [weight];
}

/** Layer normalisation of the last axis; without a bias of its own if `bias` is false. */
export function normed(context: EncodingContext, name: string, x: Tensor, bias = true): Tensor {
  const width = x.shape.at(-1) as number;
  const shift = bias ? context.parameter(`${name}.bias`) : constant([width], Array(width).fill(0));
  return layerNorm(x, context.parameter(`${name}.weight`), shift);
}
