/**
 * Low-rank adapters (LoRA): the weight of a linear layer plus a product of two narrow matrices, which alone are trained.
 *
 * Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021. https://arxiv.org/abs/2106.09685
 *
 *     W′ = W + (alpha / rank) · A · B,   A [in, rank],   B [rank, out]
 *
 * Reference:  PEFT 0.21 (peft/tuners/lora/layer.py): A starts from a uniform distribution up to in^−½, its Kaiming one with
 *             a = √5, and B from 0. PEFT stores both transposed.
 *
 * @module
 */
import { add, multiply } from "../operators/arithmetic.ts";
import { matmul } from "../operators/matmul.ts";
import { Parameters } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import type { Weights } from "../parameters/weights.ts";
import { refuseQuantised } from "./quantised-model.ts";
import type { LanguageModel } from "./transformer.ts";

/** The linear layers of a block that can have an adapter. */
export const adapterTargets = ["query", "key", "value", "output", "gate", "up", "down"] as const;
/** See `adapterTargets`. */
export type AdapterTarget = (typeof adapterTargets)[number];

/** Adapters of a model. */
export interface AdapterConfig {
  readonly rank: number;
  /** The product is multiplied by alpha / rank. */
  readonly alpha: number;
  /** Which layers of each block have one. */
  readonly targets: readonly AdapterTarget[];
}

/** The weight of a layer with the specs of its adapter. */
export interface AdaptedLayer {
  /** `[in, out]` */
  readonly weight: ParameterSpec;
  /** `[in, rank]` */
  readonly a: ParameterSpec;
  /** `[rank, out]` */
  readonly b: ParameterSpec;
}

/** A model whose layers have adapters. */
export interface AdaptedModel {
  /** The same model; the weights of its layers are sums. */
  readonly model: LanguageModel;
  /** Parameters of the model as it was, and of the adapters. */
  readonly parameters: Parameters;
  readonly layers: readonly AdaptedLayer[];
  readonly config: AdapterConfig;
  /** Whether a parameter is of an adapter. */
  readonly trainable: (spec: ParameterSpec) => boolean;
}

/**
 * A model with adapters.
 *
 * @throws {InputError} the model has quantised weights
 * @throws {RangeError} the model has no such layer, or the rank is larger than a side of one
 */
export function withAdapters(model: LanguageModel, config: AdapterConfig): AdaptedModel {
  refuseQuantised(model, "adapters");
  const layers = adaptedLayers(model.parameters.specs, config);
  const own = new Parameters(layers.flatMap(({ a, b }) => [a, b]));
  const names = new Set(own.specs.map(({ name }) => name));
  const byWeight = new Map(layers.map((layer) => [layer.weight.name, layer]));
  const { specs } = model.parameters;
  const tensors = specs.map(({ name }) => {
    const weight = model.parameters.get(name);
    const layer = byWeight.get(name);
    if (layer === undefined) return weight;
    const product = matmul(own.get(layer.a.name), own.get(layer.b.name));
    return add(weight, multiply(product, config.alpha / config.rank));
  });
  return {
    ...{ layers, config },
    model: { ...model, parameters: new Parameters(specs, tensors) },
    parameters: Parameters.join(model.parameters, own),
    trainable: ({ name }) => names.has(name),
  };
}

/** The weights of the model as sums: those of a plain model. */
export function mergedWeights({ layers, config, model }: AdaptedModel, weights: Weights): Weights {
  const scale = config.alpha / config.rank;
  const byWeight = new Map(layers.map((layer) => [layer.weight.name, layer]));
  return new Map(
    model.parameters.specs.map(({ name, shape }) => {
      const { data } = weights.get(name)!;
      const layer = byWeight.get(name);
      if (layer === undefined) return [name, { shape, data }];
      const [a, b] = [layer.a, layer.b].map((spec) => weights.get(spec.name)!.data);
      return [name, { shape, data: plusProduct(data, { a: a!, b: b!, scale, rank: config.rank }) }];
    }),
  );
}

/** `weight + scale · a · b` in new memory, summed in float64; `a [in, rank]`, `b [rank, out]`. */
export function plusProduct(
  weight: Float32Array,
  { a, b, scale, rank }: { a: Float32Array; b: Float32Array; scale: number; rank: number },
): Float32Array {
  const [inner, outer] = [a.length / rank, b.length / rank];
  const sum = new Float64Array(outer);
  const result = new Float32Array(weight.length);
  for (let row = 0; row < inner; row++) {
    sum.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = scale * a[row * rank + k]!;
      for (let column = 0; column < outer; column++)
        sum[column]! += factor * b[k * outer + column]!;
    }
    for (let column = 0; column < outer; column++)
      result[row * outer + column] = weight[row * outer + column]! + sum[column]!;
  }
  return result;
}

function adaptedLayers(
  specs: readonly ParameterSpec[],
  { rank, targets }: AdapterConfig,
): readonly AdaptedLayer[] {
  const layers = specs.flatMap((spec) => {
    const target = targetOf(spec);
    return target === undefined ? [] : [{ spec, target }];
  });
  const known = adapterTargets.filter((each) => layers.some(({ target }) => target === each));
  const missing = targets.find((each) => !known.includes(each));
  if (missing !== undefined)
    throw new RangeError(
      `adapters: the model has no layer "${missing}" in its blocks. It has ${known.join(", ")}.`,
    );
  return layers
    .filter(({ target }) => targets.includes(target))
    .map(({ spec }) => {
      const [inner, outer] = spec.shape as [number, number];
      if (rank > Math.min(inner, outer))
        throw new RangeError(
          `adapters: the rank ${rank} is larger than a side of ${spec.name}, which is ${inner} × ${outer}. Lower it.`,
        );
      const base = spec.name.slice(0, -".weight".length);
      const shared = { decays: true, matrix: true };
      return {
        weight: spec,
        a: {
          ...{ name: `${base}.adapter.a`, shape: [inner, rank], ...shared },
          initial: { kind: "uniform", bound: inner ** -0.5 },
        },
        b: {
          ...{ name: `${base}.adapter.b`, shape: [rank, outer], ...shared },
          initial: { kind: "zeros" },
        },
      };
    });
}

/** Which layer of a block a weight is of. */
function targetOf({ name, matrix = false }: ParameterSpec): AdapterTarget | undefined {
  const [, word] = /^blocks\.\d+\.(?:attention|feedForward)\.(\w+)\.weight$/.exec(name) ?? [];
  return matrix ? adapterTargets.find((each) => each === word) : undefined;
}
