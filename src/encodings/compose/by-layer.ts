/**
 * Another encoding in each layer, as a pattern that repeats: `layers(rope,rope,rope,none)`.
 *
 * @module
 */
import { combinedDefinition, declaredBy, has, nameOf, partsOf, specsOf } from "./composition.ts";
import type { Choice } from "./composition.ts";
import type { EncodingDefinition, PositionEncoding } from "../position-encoding.ts";
import type { ParameterSpec } from "../../parameters/spec.ts";

/**
 * Layer l has the choice at l modulo the pattern's length.
 *
 * @throws {RangeError} (its `create`) a part acts on the whole sequence, before any layer
 */
export function byLayer(pattern: readonly Choice[]): EncodingDefinition {
  const id = `layers(${pattern.map(nameOf).join(",")})`;
  const summary = `Layer by layer in turn: ${pattern.map(nameOf).join(", ")}.`;
  return combinedDefinition(id, summary, pattern, (shape) => {
    const used = Array.from(
      { length: shape.layers },
      (_, layer) => pattern[layer % pattern.length]!,
    );
    const parts = partsOf(
      used,
      used.map(() => shape),
    );
    const early = parts.find((part) => has(part, "embed", "sampling"));
    if (early !== undefined)
      throw new RangeError(
        `${id}: ${early.id} acts on the whole sequence, before any layer. ` +
          `Join it to the pattern instead: ${early.id}+layers(…).`,
      );
    return {
      ...declaredBy(parts),
      id,
      parameters: ownedByLayers(parts),
      cache: {
        keys: parts.some(({ cache }) => cache.keys === "recompute") ? "recompute" : "either",
      },
      at: (layer) => parts[layer]!.at?.(layer) ?? parts[layer]!,
    };
  });
}

/**
 * The pattern of an id that `byLayer` made, as texts of encodings; undefined for the id of any other encoding.
 *
 * `layerPattern("layers(rope(base=500,rotated=8),none)")` is `["rope(base=500,rotated=8)", "none"]`.
 */
export function layerPattern(id: string): readonly string[] | undefined {
  if (!/^layers\(.*\)$/s.test(id)) return undefined;
  const items = [""];
  let depth = 0;
  for (const sign of id.slice("layers(".length, -1)) {
    if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) depth--;
    // The first bracket ends before the text does: layers(…)+other.
    if (depth < 0) return undefined;
    if (sign === "," && depth === 0) items.push("");
    else items[items.length - 1] += sign;
  }
  return items;
}

/** A tensor of each layer exists only in the layers whose encoding has it. */
function ownedByLayers(parts: readonly PositionEncoding[]): ParameterSpec[] {
  return specsOf(parts).map((spec) => {
    if (spec.owner !== "layer") return spec;
    const layers = parts.flatMap(({ parameters }, layer) =>
      parameters.includes(spec) && (spec.layers?.includes(layer) ?? true) ? [layer] : [],
    );
    return { ...spec, layers };
  });
}
