/**
 * RoPE's settings as they are in a model's config.json, of transformers 4 or 5.
 *
 *     4    rope_theta, partial_rotary_factor and rope_scaling { rope_type or type, … } at the top
 *     5    all of them in rope_parameters { rope_type, rope_theta, … }, or one such object for each of layer_types
 *
 * Reference:  transformers, modeling_rope_utils.py, standardize_rope_params and ROPE_INIT_FUNCTIONS. As there,
 *             `truncate` is read from rope_parameters itself, even where the rest is in an object of a
 *             layer type; and original_max_position_embeddings at the top wins over the one inside
 *
 * @module
 */
import type { RopeScaling } from "./rope-scaling.ts";

/** What of a configuration is read. */
export type RopeConfig = Readonly<Record<string, unknown>>;

/** Settings for `rope`; a rule that depends on the text's length needs `current` beside its own. */
export interface ReadRopeParameters {
  readonly base: number;
  readonly rotated: number;
  readonly scaling?: RopeScaling;
}

/**
 * The settings of a model's layers, or of those of one type where types have their own.
 *
 * @throws {RangeError} a rule or a key is not understood, or a value is missing
 */
export function readRopeParameters(config: RopeConfig, layerType?: string): ReadRopeParameters {
  const top = (config["rope_scaling"] ?? config["rope_parameters"] ?? {}) as RopeConfig;
  const types = ((config["layer_types"] ?? []) as string[]).filter((type) => type in top);
  if (types.length > 0 && !types.includes(layerType ?? ""))
    throw new RangeError(
      `rope: this configuration has settings of their own for ${[...new Set(types)].join(", ")}, ` +
        `got layer type "${layerType}". Ask for one of them.`,
    );
  const own = types.length > 0 ? (top[layerType!] as RopeConfig) : top;
  // Where it is written inside, and else at the top of the configuration.
  const either = (name: string, otherwise: number): number =>
    (own[name] ?? config[name] ?? otherwise) as number;
  const width =
    config["head_dim"] ?? number(config, "hidden_size") / number(config, "num_attention_heads");
  const most = config["max_position_embeddings"] as number;
  const lengths = [own["original_max_position_embeddings"], most];
  if (types.length === 0) lengths.unshift(config["original_max_position_embeddings"]);
  const length = lengths.find((each) => each != null);
  const scaling = scalingOf(own, top, most, length as number);
  return {
    base: either("rope_theta", 10000),
    rotated: Math.trunc((width as number) * either("partial_rotary_factor", 1)),
    ...(scaling && { scaling }),
  };
}

function scalingOf(
  own: RopeConfig,
  top: RopeConfig,
  most: number,
  length: number,
): RopeScaling | undefined {
  const type = (own["rope_type"] ?? own["type"] ?? "default") as string;
  const given = (names: Readonly<Record<string, string>>): Record<string, never> =>
    Object.fromEntries(
      Object.entries(names).flatMap(([ours, theirs]) =>
        own[theirs] == null ? [] : [[ours, own[theirs] as never]],
      ),
    );
  const attentionFactor = own["attention_factor"] as number | undefined;
  const factor = (own["factor"] ?? most / length) as number;
  switch (type) {
    case "default":
      return undefined;
    case "linear":
      return { type, factor: number(own, "factor") };
    case "dynamic":
      return { type: "dynamic-ntk", factor: number(own, "factor"), length: most };
    case "yarn": {
      const truncate = (top["truncate"] ?? true) as boolean;
      const ramp = given({ fast: "beta_fast", slow: "beta_slow" });
      // One mscale without the other is not read, nor are both beside an attention factor.
      const both = own["mscale"] && own["mscale_all_dim"] && attentionFactor == null;
      const scales = both ? given({ mscale: "mscale", mscaleAllDim: "mscale_all_dim" }) : {};
      const fixed = attentionFactor == null ? scales : { attentionFactor };
      return { type, factor, length, truncate, ...ramp, ...fixed };
    }
    case "longrope":
    case "su": {
      const [short, long] = ["short_factor", "long_factor"].map((name) => own[name] as number[]);
      const fixed = attentionFactor == null ? { factor } : { attentionFactor };
      return { type: "longrope", short: short!, long: long!, length, ...fixed };
    }
    case "llama3":
      return {
        type,
        factor: number(own, "factor"),
        length,
        ...given({ low: "low_freq_factor", high: "high_freq_factor" }),
      };
    default:
      throw new RangeError(
        `rope: rope_type "${type}" is no rule of rope. ` +
          `Read: default, linear, dynamic, yarn, longrope, su, llama3; "proportional" is p-rope.`,
      );
  }
}

function number(from: RopeConfig, name: string): number {
  const value = from[name];
  if (typeof value !== "number")
    throw new RangeError(
      `rope: the configuration's ${name} must be a number, got ${String(value)}.`,
    );
  return value;
}
