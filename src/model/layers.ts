/**
 * The small parts of a block: linear maps and norms.
 *
 * Weights are stored `[in, out]`, so that `y = x · W + b`; PyTorch stores the transpose.
 *
 * @module
 */
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import { add, multiply } from "../operators/arithmetic.ts";
import { matmul } from "../operators/matmul.ts";
import { layerNorm, rmsNorm } from "../operators/normalisation.ts";
import { constant } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { hasBias } from "./config.ts";
import type { BlockConfig } from "./config.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";

/** GPT-2's standard deviation for weights. */
export const weightDeviation = 0.02;

/** Specs of `name.weight [from, to]`, which decays, and `name.bias [to]`, which does not. */
export function linearSpecs(
  name: string,
  from: number,
  to: number,
  bias: boolean,
  initial: Initial = { kind: "normal", deviation: weightDeviation },
): ParameterSpec[] {
  const weight: ParameterSpec = {
    name: `${name}.weight`,
    shape: [from, to],
    initial,
    decays: true,
    matrix: true,
  };
  return bias
    ? [weight, { name: `${name}.bias`, shape: [to], initial: { kind: "zeros" }, decays: false }]
    : [weight];
}

/** Known factors of a linear layer; they act on the parameters, which are smaller than `x`. */
interface LinearFactors {
  readonly weight?: number;
  readonly bias?: number;
}

/** `x · weight + bias` */
export function linear(
  parameters: ParameterLookup,
  name: string,
  x: Tensor,
  factors: LinearFactors = {},
): Tensor {
  const weight = multiply(parameters.get(`${name}.weight`), factors.weight ?? 1);
  const product = matmul(x, weight);
  const bias = parameters.find(`${name}.bias`);
  return bias === undefined ? product : add(product, multiply(bias, factors.bias ?? 1));
}

/** Specs of a norm of the configured kind, which does not decay. */
export function normSpecs(name: string, config: BlockConfig): ParameterSpec[] {
  const own = { shape: [config.model], decays: false };
  const weight: ParameterSpec = { name: `${name}.weight`, initial: { kind: "ones" }, ...own };
  return config.norm === "layer" && hasBias(config, "norm")
    ? [weight, { name: `${name}.bias`, initial: { kind: "zeros" }, ...own }]
    : [weight];
}

/** The settings that a norm reads. */
export type NormConfig = Pick<BlockConfig, "norm" | "normEpsilon" | "model">;

/** The norm of the configured kind. */
export function norm(
  parameters: ParameterLookup,
  name: string,
  x: Tensor,
  { norm: kind, normEpsilon, model }: NormConfig,
): Tensor {
  const scale = parameters.get(`${name}.weight`);
  if (kind === "rms") return rmsNorm(x, scale, normEpsilon);
  const bias = parameters.find(`${name}.bias`) ?? constant([model], new Float32Array(model));
  return layerNorm(x, scale, bias, normEpsilon);
}
