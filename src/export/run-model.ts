/**
 * A model that was trained here, as families describe theirs.
 *
 * @module
 */
import { readChoice } from "../encodings/compose/expression.ts";
import { ropeKeysOf } from "../encodings/extension/rope-config-writing.ts";
import type { RopeKeys } from "../encodings/extension/rope-config-writing.ts";
import { encodingById } from "../encodings/index.ts";
import { rope } from "../encodings/rope.ts";
import type { PairLayout } from "../encodings/parts/rotation.ts";
import type { TransformerConfig } from "../model/config.ts";

/** Rotary positions of all layers in keys of transformers. */
export interface RotaryKeys extends RopeKeys {
  /** Components of a head that rotate. */
  readonly rotated: number;
  readonly layout: PairLayout;
}

/** What a configuration is to say. */
export interface RunModel {
  readonly config: TransformerConfig;
  /** The encoding's id, without options. */
  readonly encoding: string;
  /** Where that is rope, and transformers has keys for its rule. */
  readonly rotary?: RotaryKeys;
  /** Tokens of the longest text. */
  readonly length: number;
}

/** A trained model with the id of its encoding, which may have options. */
export function runModel(config: TransformerConfig, id: string, length: number): RunModel {
  const { definition, options = {} } = readChoice(id, encodingById);
  const model = { config, encoding: definition.id, length };
  if (definition.id !== rope.id) return model;
  const {
    base = 10000,
    rotated = config.headDim,
    layout = "half",
  } = options as {
    readonly base?: number;
    readonly rotated?: number;
    readonly layout?: PairLayout;
  };
  const keys = ropeKeysOf({ definition, options: { ...options, base } }, config.headDim);
  return keys === undefined ? model : { ...model, rotary: { ...keys, rotated, layout } };
}
