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
import type { Dropout } from "../random/dropout.ts";
import { repeatHeads } from "./heads.ts";
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
  readonly dropout: Dropout;
}

/** The context of a whole pass, for the encoding of one site. */
export function passContext(
  inputs: PassInputs,
  parameters: ParameterLookup,
  site: AttentionSite = "attention",
): EncodingContext {
  const { queries, keys } = inputs;
  const { shared } = siteNames(site, 0);
  return {
    ...inputs,
    distance: scope("distance", () => distanceOf(queries.tensor, keys.tensor)),
    parameter: (name) => parameters.get(`${shared}${name}`),
  };
}

/** A layer, and where its hooks look for tensors and projections. */
export interface LayerPlace {
  readonly context: EncodingContext;
  readonly parameters: ParameterLookup;
  /** From 0. */
  readonly layer: number;
  /** Heads of queries. */
  readonly heads: number;
  /** Self-attention, or attention to a memory, whose encoding has tensors of its own. Default `attention`. */
  readonly site?: AttentionSite | undefined;
}

/** The two attentions of a block, by their names among its parameters. */
export type AttentionSite = "attention" | "crossAttention";

/** Where tensors of a site's encoding are: those of layer `l` behind `own`, those of all layers behind `shared`. */
export function siteNames(site: AttentionSite, layer: number): { own: string; shared: string } {
  return site === "attention"
    ? { own: `blocks.${layer}.`, shared: "" }
    : { own: `blocks.${layer}.${site}.`, shared: `${site}.` };
}

/** The context of one layer; its own tensors come before those that all layers share. */
export function layerContext({
  context,
  parameters,
  layer,
  heads,
  site = "attention",
}: LayerPlace): LayerContext {
  const { own, shared } = siteNames(site, layer);
  return {
    ...context,
    layer,
    parameter: (name) => parameters.find(`${own}${name}`) ?? parameters.get(`${shared}${name}`),
    project(part, vectors) {
      const name = `blocks.${layer}.${site}`;
      const projected = linear(parameters, `${name}.${part}`, vectors);
      const [length, width] = projected.shape as [Dimension, number];
      const headDim = (parameters.get(`${name}.query.weight`).shape[1] as number) / heads;
      const parted = reshape(projected, [length, width / headDim, headDim]);
      return repeatHeads(transpose(parted, [1, 0, 2]), heads);
    },
  };
}

/** The same layer with positions of its own. */
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
  const { queries, keys, keyMask } = context;
  const rows = withPositions(context, part(queries, start, size), part(keys, 0, start + size));
  return keyMask ? { ...rows, keyMask: slice(keyMask, 1, 0, start + size) } : rows;
}

/** The specs of an encoding's tensors in a model of that many layers, each layer's own under its block's name. */
export function ownedSpecs(
  specs: readonly ParameterSpec[],
  layers: number,
  site: AttentionSite = "attention",
): ParameterSpec[] {
  const ofAll = specs.filter(({ owner }) => owner !== "layer");
  const ofLayers = specs.filter(({ owner }) => owner === "layer");
  const { shared } = siteNames(site, 0);
  return [
    ...ofAll.map((spec) => (shared === "" ? spec : { ...spec, name: `${shared}${spec.name}` })),
    ...Array.from({ length: layers }, (_, layer) =>
      ofLayers
        .filter((spec) => spec.layers?.includes(layer) ?? true)
        .map((spec) => ({ ...spec, name: `${siteNames(site, layer).own}${spec.name}` })),
    ).flat(),
  ];
}
