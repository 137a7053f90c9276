/**
 * RoPE's settings as they are in a model's config.json, of transformers 4 or 5.
 *
 *     4    rope_theta, partial_rotary_factor and rope_scaling { rope_type or type, … } at the top
 *     5    all of them in rope_parameters { rope_type, rope_theta, … }, or one such object for each type of layer
 *
 * Older words are read too: rotary_emb_base, rotary_pct, rotary_dim, qk_rope_head_dim, rope_local_base_freq,
 * global_rope_theta, local_rope_theta, no_rope_layers. What a file leaves out is its class's default, by model_type. A
 * key that could change positions and is not understood is refused by name.
 *
 * Reference:  transformers, modeling_rope_utils.py, RotaryEmbeddingConfigMixin and ROPE_INIT_FUNCTIONS, and its
 *             configuration classes. As there, a rope_scaling that is not empty takes the place of rope_parameters;
 *             `truncate` is read from rope_parameters itself, even where the rest is in an object of a layer type; and
 *             original_max_position_embeddings at the top wins over the one inside
 * Differs:    yarn, llama3 and longrope must be given original_max_position_embeddings: transformers takes
 *             max_position_embeddings without it, the wrong length where only that was raised
 *
 * @module
 */
import type { PairLayout } from "../parts/rotation.ts";
import { notRead, ropeClassOf } from "./rope-class-defaults.ts";
import type { RopeClassDefaults } from "./rope-class-defaults.ts";
import { refuseUnknownKeys, refuseUnknownSettings, says } from "./rope-config-keys.ts";
import type { RopeConfig } from "./rope-config-keys.ts";
import { numberOf, scalingOf } from "./rope-config-scaling.ts";
import type { RopeScaling } from "./rope-scaling.ts";

/** Settings for `rope`; a rule that depends on the text's length needs `current` beside its own. */
export interface ReadRopeParameters {
  readonly base: number;
  /** Components of a head that rotate; 0 where these layers do not, use "none" there. */
  readonly rotated: number;
  readonly scaling?: RopeScaling;
  /** Where the file or the class says it; absent: unknown. */
  readonly layout?: PairLayout;
  /** Components of a head before the rotated ones, in models that keep them apart; absent: none. */
  readonly before?: number;
  /** Layers that do not rotate, from 0. */
  readonly unrotatedLayers?: readonly number[];
}

/** Where settings are from. */
interface Source {
  readonly config: RopeConfig;
  readonly model: RopeClassDefaults;
  /** Of these layers; undefined: they do not rotate. */
  readonly own: RopeConfig | undefined;
  /** `rope_parameters` or `rope_scaling` as a whole. */
  readonly top: RopeConfig;
  /** Whether types of layers have settings of their own. */
  readonly nested: boolean;
  /** What the base is where `own` has none. */
  readonly base: unknown;
}

/**
 * The settings of a model's layers, or of those of one type where types have their own.
 *
 * @param layerType such as "full_attention"; needed where types of layers differ
 * @param handled keys of the configuration that are not understood here and that the caller reads
 * @throws {RangeError} a rule or a key is not understood, keys contradict each other, or a value is missing
 */
export function readRopeParameters(
  config: RopeConfig,
  layerType?: string,
  handled: readonly string[] = [],
): ReadRopeParameters {
  if (isObject(config["text_config"]) && config["hidden_size"] === undefined)
    throw new RangeError(
      "rope: this configuration is of a model of several parts. Give its text_config.",
    );
  if (notRead.has(String(config["model_type"])))
    throw new RangeError(
      `rope: the rotary positions of model_type "${String(config["model_type"])}" do not follow from its file, so it is ` +
        `not read. Give base and rotated width yourself.`,
    );
  refuseUnknownKeys(config, handled);
  const source = sourceOf(config, layerType);
  const { own, model } = source;
  const unrotatedLayers = layersWithout(config, model);
  const found = {
    base: baseOf(source),
    ...(unrotatedLayers && { unrotatedLayers }),
  };
  if (own === undefined) return { ...found, rotated: 0 };
  refuseUnknownSettings(own, handled);
  const layout = layoutOf(config, model);
  const scaling = scalingOf({ ...source, own });
  return { ...found, ...widthOf(source), ...(layout && { layout }), ...(scaling && { scaling }) };
}

function sourceOf(config: RopeConfig, layerType: string | undefined): Source {
  const type = config["model_type"];
  const known = typeof type === "string" ? ropeClassOf(type) : undefined;
  const model = known ?? {};
  const [scaling, parameters] = ["rope_scaling", "rope_parameters"].map((key) =>
    says(config[key]) ? (config[key] as RopeConfig) : undefined,
  );
  if (model.types) return ofTypes(config, model, layerType, scaling, parameters);
  const top = scaling ?? parameters ?? model.parameters ?? {};
  const listed = Array.isArray(config["layer_types"]) ? (config["layer_types"] as string[]) : [];
  const types = Object.keys(top).filter((key) => isObject(top[key]) || listed.includes(key));
  const base = baseAtTop(config) ?? model.base ?? (type === undefined || known ? 10000 : undefined);
  // Without windows all layers of these classes rotate.
  const unrotated = config["sliding_window"] === null ? [] : (model.unrotated ?? []);
  const differing = unrotated.length > 0 ? ["sliding_attention", ...unrotated] : [];
  requireType(layerType, types.length > 0 ? types : differing, listed);
  const rotates = !unrotated.includes(layerType ?? "");
  if (types.length === 0)
    return { config, model, own: rotates ? top : undefined, top, nested: false, base };
  refuseLoose(top, types);
  const own = top[layerType!] as RopeConfig | null;
  return { config, model, own: own ?? undefined, top, nested: true, base };
}

/** A class whose files of version 4 have a key for the base of each type. */
function ofTypes(
  config: RopeConfig,
  model: RopeClassDefaults,
  layerType: string | undefined,
  scaling: RopeConfig | undefined,
  parameters: RopeConfig | undefined,
): Source {
  const types = Object.keys(model.types!);
  requireType(layerType, types, []);
  const { key, base, scaled } = model.types![layerType!]!;
  const top = parameters ?? {};
  refuseLoose(top, types);
  const inside = (top[layerType!] ?? {}) as RopeConfig;
  const own = scaled ? { ...inside, ...scaling } : inside;
  // ModernBERT's files say null for a local base that is the global one.
  const shared = key in config && config[key] === null ? config["global_rope_theta"] : undefined;
  return { config, model, own, top, nested: true, base: config[key] ?? shared ?? base };
}

/** @throws {RangeError} where types of layers differ and none of them is asked for */
function requireType(
  layerType: string | undefined,
  types: readonly string[],
  listed: readonly string[],
): void {
  const known = types.length > 0 ? types : layerType === undefined ? [] : listed;
  if (known.length === 0 || known.includes(layerType ?? "")) return;
  throw new RangeError(
    `rope: this configuration has settings of their own for ${[...new Set(known)].sort().join(", ")}, ` +
      `got layer type "${layerType}". Ask for one of them.`,
  );
}

/** @throws {RangeError} for a setting beside those of layer types, which transformers does not read */
function refuseLoose(top: RopeConfig, types: readonly string[]): void {
  const loose = Object.keys(top).find(
    (key) => !types.includes(key) && key !== "truncate" && says(top[key]),
  );
  if (loose !== undefined)
    throw new RangeError(
      `rope: rope_parameters has settings for ${types.join(", ")}, and "${loose}" beside them is read by none. ` +
        `Move it into the object of a layer type.`,
    );
}

/** The base by the keys of version 4, of which two must not contradict each other. */
function baseAtTop(config: RopeConfig): unknown {
  const given = ["rope_theta", "rotary_emb_base"].filter((key) => config[key] != null);
  return agreed(given.map((key) => [key, config[key]] as const));
}

function baseOf({ own, config, base }: Source): number {
  const found = own?.["rope_theta"] ?? base;
  if (found === undefined)
    throw new RangeError(
      `rope: the configuration has no rope_theta, and the default of model_type "${String(config["model_type"])}" ` +
        `is not known here. Add rope_theta.`,
    );
  return numberOf({ rope_theta: found }, "rope_theta");
}

function widthOf({ own, config, model }: Source): { rotated: number; before?: number } {
  const latent = firstNumber(config, ["qk_rope_head_dim"]) ?? model.qkRopeHeadDim;
  const share = agreed(
    (
      [
        ["rope_parameters.partial_rotary_factor", own?.["partial_rotary_factor"]],
        ...["partial_rotary_factor", "rotary_pct", "rope_pct"].map((key) => [key, config[key]]),
      ] as [string, unknown][]
    ).filter(([, value]) => value != null),
  );
  const headDim = headDimOf(config, model);
  const byShare = (part: unknown): number =>
    Math.trunc(headDim() * numberOf({ partial_rotary_factor: part }, "partial_rotary_factor"));
  if (latent !== undefined && latent > 0) {
    const before = firstNumber(config, ["qk_nope_head_dim"]);
    return { rotated: latent, ...(before !== undefined && { before }) };
  }
  const dim = firstNumber(config, ["rotary_dim"]);
  if (dim !== undefined && share !== undefined && byShare(share) !== dim)
    throw new RangeError(
      `rope: the configuration's rotary_dim is ${dim}, and its share of ${JSON.stringify(share)} rotates ${byShare(share)} of ` +
        `${headDim()}. Remove one of them.`,
    );
  if (dim !== undefined || (model.rotaryDim !== undefined && share === undefined))
    return { rotated: dim ?? model.rotaryDim! };
  return { rotated: byShare(share ?? model.partial ?? 1) };
}

function headDimOf(config: RopeConfig, model: RopeClassDefaults): () => number {
  return () => {
    const given = firstNumber(config, ["head_dim", "kv_channels"]) ?? model.headDim;
    if (given !== undefined) return given;
    const width = firstNumber(config, ["hidden_size", "n_embd", "d_model"]);
    const heads = firstNumber(config, ["num_attention_heads", "n_head"]);
    return Math.floor(
      numberOf({ hidden_size: width }, "hidden_size") /
        numberOf({ num_attention_heads: heads }, "num_attention_heads"),
    );
  };
}

function layoutOf(config: RopeConfig, model: RopeClassDefaults): PairLayout | undefined {
  const interleaved = config["rope_interleave"];
  if (typeof interleaved === "boolean") return interleaved ? "interleaved" : "half";
  return model.layout;
}

/** Layers without rotation, by a list in which 0 says so, or every so many. */
function layersWithout(
  config: RopeConfig,
  model: RopeClassDefaults,
): readonly number[] | undefined {
  const listed = config["no_rope_layers"];
  if (says(listed)) {
    if (!Array.isArray(listed) || !listed.every((one) => one === 0 || one === 1))
      throw new RangeError(
        `rope: the configuration's no_rope_layers must be a list of 0 and 1, got ${JSON.stringify(listed)}.`,
      );
    return listed.flatMap((rotates, layer) => (rotates === 0 ? [layer] : []));
  }
  const every = firstNumber(config, ["no_rope_layer_interval"]) ?? model.unrotatedEvery;
  if (every === undefined) return undefined;
  const layers = numberOf(config, "num_hidden_layers");
  return Array.from({ length: layers }, (_, layer) => layer).filter(
    (layer) => (layer + 1) % every === 0,
  );
}

/** The first of the keys that is there. */
function firstNumber(config: RopeConfig, keys: readonly string[]): number | undefined {
  const key = keys.find((each) => config[each] != null);
  return key === undefined ? undefined : numberOf(config, key);
}

/** The value that all of these have. */
function agreed(given: readonly (readonly [key: string, value: unknown])[]): unknown {
  const [first, ...rest] = given;
  const other = rest.find(([, value]) => value !== first![1]);
  if (other !== undefined)
    throw new RangeError(
      `rope: the configuration's ${first![0]} is ${String(first![1])} and its ${other[0]} ${String(other[1])}. ` +
        `Remove one of them.`,
    );
  return first?.[1];
}

function isObject(value: unknown): value is RopeConfig {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
