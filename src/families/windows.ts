/**
 * Windows as configurations have them: one size, and types of layers.
 *
 * @module
 */
import type { WindowRule } from "../model/masks.ts";
import type { Configuration } from "./configuration.ts";

/** The words for types of layers. */
export type LayerType = "full_attention" | "sliding_attention";

const layerTypes: readonly LayerType[] = ["full_attention", "sliding_attention"];

/**
 * The type of each layer.
 *
 * @param otherwise the type of layer n where the configuration has no list
 * @throws {InputError} the list has another length than the model, or other words
 */
export function layerTypesOf(
  config: Configuration,
  layers: number,
  otherwise: (layer: number) => LayerType,
): readonly LayerType[] {
  const listed = config.words("layer_types", layerTypes);
  if (listed === undefined) return Array.from({ length: layers }, (_, layer) => otherwise(layer));
  if (listed.length !== layers)
    throw config.wrong("layer_types", listed, `a list of ${layers} types, one for each layer`);
  return listed as readonly LayerType[];
}

/** A window of `size` tokens with the query's own, in all layers or in those of its type. */
export function windowOption(
  size: number | undefined,
  types?: readonly LayerType[],
): { readonly window?: WindowRule | readonly (WindowRule | "all")[] } {
  if (size === undefined || types?.every((type) => type === "full_attention")) return {};
  const rule: WindowRule = { back: size - 1 };
  return { window: types?.map((type) => (type === "full_attention" ? "all" : rule)) ?? rule };
}
