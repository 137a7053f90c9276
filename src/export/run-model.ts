/**
 * A model that was trained here, as families describe theirs.
 *
 * @module
 */
import { layerPattern } from "../encodings/compose/by-layer.ts";
import { nameOf } from "../encodings/compose/composition.ts";
import { readChoice } from "../encodings/compose/expression.ts";
import { ropeKeysOf } from "../encodings/extension/rope-config-writing.ts";
import type { RopeKeys } from "../encodings/extension/rope-config-writing.ts";
import { encodingById } from "../encodings/index.ts";
import { rope } from "../encodings/rope.ts";
import type { PairLayout } from "../encodings/parts/rotation.ts";
import type { TransformerConfig } from "../model/config.ts";

/** Rotary positions of a layer in keys of transformers. */
export interface RotaryKeys extends RopeKeys {
  /** Components of a head that rotate. */
  readonly rotated: number;
  readonly layout: PairLayout;
}

/** What a configuration is to say. */
export interface RunModel {
  readonly config: TransformerConfig;
  /** The encoding's id, without options; `layers` where layers differ in rotary positions, or some have none. */
  readonly encoding: string;
  /** Where that is rope, and transformers has keys for its rule. */
  readonly rotary?: RotaryKeys;
  /** Where layers differ, of each that rotates. */
  readonly layers?: readonly (RotaryKeys | undefined)[];
  /** Tokens of the longest text. */
  readonly length: number;
}

/** A trained model with the id of its encoding, which may have options. */
export function runModel(config: TransformerConfig, id: string, length: number): RunModel {
  const ofLayers = layerIds(config, id);
  if (new Set(ofLayers).size > 1) return { config, length, ...layeredKeys(config, ofLayers, id) };
  const { definition } = readChoice(ofLayers[0]!, encodingById);
  const model = { config, encoding: definition.id, length };
  const rotary = rotaryKeys(config, ofLayers[0]!);
  return rotary === undefined ? model : { ...model, rotary };
}

/** The encoding of each layer, rope with its defaults filled in. */
export function layerIds(
  { layers, headDim }: Pick<TransformerConfig, "layers" | "headDim">,
  id: string,
): readonly string[] {
  const pattern = (layerPattern(encodingById(id).id) ?? [id]).map((text) => {
    const { definition, options = {} } = readChoice(text, encodingById);
    const defaults = { base: 10000, rotated: headDim, layout: "half" };
    return definition.id === rope.id
      ? nameOf({ definition, options: { ...defaults, ...options } })
      : encodingById(text).id;
  });
  return Array.from({ length: layers }, (_, layer) => pattern[layer % pattern.length]!);
}

/** Undefined where the encoding is not rope, or no key of transformers says its rule. */
function rotaryKeys({ headDim }: TransformerConfig, id: string): RotaryKeys | undefined {
  const { definition, options = {} } = readChoice(id, encodingById);
  if (definition.id !== rope.id) return undefined;
  const {
    base = 10000,
    rotated = headDim,
    layout = "half",
  } = options as {
    readonly base?: number;
    readonly rotated?: number;
    readonly layout?: PairLayout;
  };
  const keys = ropeKeysOf({ definition, options: { ...options, base } }, headDim);
  return keys && { ...keys, rotated, layout };
}

/** Keys by layer, where every layer has rope or nothing; else the id as it is, which no family has. */
function layeredKeys(
  config: TransformerConfig,
  ids: readonly string[],
  id: string,
): Pick<RunModel, "encoding" | "layers"> {
  const layers = ids.map((text) => rotaryKeys(config, text));
  const said = layers.every((keys, at) => keys !== undefined || ids[at] === "none");
  return said ? { encoding: "layers", layers } : { encoding: id };
}
