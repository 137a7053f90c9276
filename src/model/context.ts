/**
 * What the hooks of an encoding are given: positions, distances, learned tensors, a layer's projections.
 *
 * @module
 */
import type { EncodingContext, LayerContext, Positions } from "../encodings/position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { reshape, transpose, unsqueeze } from "../operators/movement.ts";
import { slice } from "../operators/slicing.ts";
import type { Dimension } from "../tensor/dimension.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { linear } from "./layers.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";

/** Positions 0 … length − 1, or from `first` on, known while the graph is built. */
export function knownPositions(tensor: Tensor, length: number, first = 0): Positions {
  const values = Array.from({ length }, (_, index) => first + index);
  return { tensor, values, consecutive: true };
}

/** Positions as distances, float32 `[query, key]`, or `[batch, 1, query, key]` where they have rows. */
export function distanceOf(queries: Tensor, keys: Tensor): Tensor {
  const batched = Math.max(queries.shape.length, keys.shape.length) > 1;
  const placed = (positions: Tensor, axis: number): Tensor => {
    const vector = unsqueeze(cast(positions, "float32"), axis);
    return batched && vector.shape.length === 3 ? unsqueeze(vector, 1) : vector;
  };
  return subtract(placed(queries, -1), placed(keys, -2));
}

/** What a pass over tokens gives every hook. */
export interface PassInputs {
  readonly queries: Positions;
  readonly keys: Positions;
  readonly causal: boolean;
  readonly tokens?: Tensor | undefined;
  readonly pastTokens?: Tensor | undefined;
  readonly keyMask?: Tensor | undefined;
  readonly dropout: (x: Tensor, rate: number) => Tensor;
}

/** The context of a whole pass. */
export function passContext(inputs: PassInputs, parameters: ParameterLookup): EncodingContext {
  const { queries, keys } = inputs;
  return {
    ...inputs,
    distance: scope("distance", () => distanceOf(queries.tensor, keys.tensor)),
    parameter: (name) => parameters.get(name),
  };
}

/** The context of one layer; its own tensors come before those that all layers share. */
export function layerContext(
  context: EncodingContext,
  parameters: ParameterLookup,
  layer: number,
  heads: number,
): LayerContext {
  const block = `blocks.${layer}`;
  return {
    ...context,
    layer,
    parameter: (name) => parameters.find(`${block}.${name}`) ?? parameters.get(name),
    project(part, vectors) {
      const projected = linear(parameters, `${block}.attention.${part}`, vectors);
      const [length, model] = projected.shape as [Dimension, number];
      return transpose(reshape(projected, [length, heads, model / heads]), [1, 0, 2]);
    },
  };
}

/** The same layer with positions that were drawn for it. */
export function withPositions<Context extends EncodingContext>(
  context: Context,
  queries: Positions,
  keys: Positions,
): Context {
  return { ...context, queries, keys, distance: distanceOf(queries.tensor, keys.tensor) };
}

/** The context of `size` queries from `start` on, with keys up to their end. */
export function rowsOfContext(context: LayerContext, start: number, size: number): LayerContext {
  const part = (positions: Positions, from: number, length: number): Positions => ({
    ...positions,
    tensor: slice(positions.tensor, -1, from, length),
    values: positions.values?.slice(from, from + length),
    axes: positions.axes?.map((axis) => slice(axis, -1, from, length)),
  });
  return withPositions(
    context,
    part(context.queries, start, size),
    part(context.keys, 0, start + size),
  );
}

/** The tensors that an encoding's specs stand for in a model of that many layers. */
export function ownedSpecs(specs: readonly ParameterSpec[], layers: number): ParameterSpec[] {
  const shared = specs.filter(({ owner }) => owner !== "layer");
  const own = specs.filter(({ owner }) => owner === "layer");
  return [
    ...shared,
    ...Array.from({ length: layers }, (_, layer) =>
      own
        .filter((spec) => spec.layers?.includes(layer) ?? true)
        .map((spec) => ({ ...spec, name: `blocks.${layer}.${spec.name}` })),
    ).flat(),
  ];
}
