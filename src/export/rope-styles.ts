/**
 * Rotary positions of a `config.json` in the keys of transformers 4 and of transformers 5:
 *
 *     4    rope_theta, partial_rotary_factor, rope_scaling { rope_type, factor, … }
 *     5    rope_parameters { rope_type, rope_theta, partial_rotary_factor, … }, or one for each type of layer
 *
 * Reference:  transformers 4.57 and 5.23, modeling_rope_utils.py and the configuration classes of the families
 *
 * @module
 */
import { nameOf } from "../encodings/compose/composition.ts";
import { InputError } from "../errors.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import type { DecoderDescription, DecoderFamily, RotaryLayer } from "../families/family.ts";
import { readFamily } from "../families/read-family.ts";

type Values = ConfigurationValues;

/** What is said of rotary positions. */
export interface RopeStyle {
  readonly base: number;
  /** `rope_scaling` without the base; absent: frequencies follow from the base alone. */
  readonly scaling?: Values | undefined;
  /** The share of a head that rotates; absent: all of it. */
  readonly share?: number | undefined;
  /** The base of layers with a window, where they have their own. */
  readonly localBase?: number | undefined;
}

/** The keys of both versions; none where the family's class reads none. */
export function ropeStyles(
  { ropeKeys }: Pick<DecoderFamily, "ropeKeys">,
  given: RopeStyle,
): Values {
  if (ropeKeys === "fixed") return {};
  const { base: baseKey = "rope_theta", share: shareKey = "partial_rotary_factor" } =
    ropeKeys ?? {};
  const { base, scaling, share, localBase } = given;
  const own = {
    ...(scaling ?? { rope_type: "default" }),
    rope_theta: base,
    ...(share !== undefined && { partial_rotary_factor: share }),
  };
  return {
    [baseKey]: base,
    ...(share !== undefined && { [shareKey]: share }),
    ...(localBase !== undefined && { rope_local_base_freq: localBase }),
    rope_scaling: scaling ?? null,
    rope_parameters:
      localBase === undefined
        ? own
        : {
            full_attention: own,
            sliding_attention: { rope_type: "default", rope_theta: localBase },
          },
  };
}

/**
 * A configuration with rotary positions in the keys of both versions; as it is where it has none, or where one of the two
 * could not say them.
 */
export function inBothStyles(
  family: DecoderFamily,
  values: Values,
  { encoding }: Pick<DecoderDescription, "encoding">,
): Values {
  const style = "layers" in encoding ? styleOf(family, values, encoding.layers) : undefined;
  if (style === undefined) return values;
  const { scaling } = style;
  const longrope = scaling?.["rope_type"] === "longrope";
  const both: Values = {
    ...values,
    ...(longrope && {
      // Version 4 reads it here alone.
      original_max_position_embeddings: scaling["original_max_position_embeddings"],
    }),
    ...ropeStyles(family, style),
  };
  const name = nameOf(encoding);
  const four = without(both, ["rope_parameters"]);
  const five = without(both, ["rope_theta", "rope_scaling", "rope_local_base_freq"]);
  return [both, four, five].every((each) => readAs(family, each) === name) ? both : values;
}

function styleOf(
  family: DecoderFamily,
  values: Values,
  layers: readonly RotaryLayer[],
): RopeStyle | undefined {
  if (family.ropeKeys === "fixed") return undefined;
  const { share: shareKey = "partial_rotary_factor" } = family.ropeKeys ?? {};
  const bases = (extended: boolean): number | undefined =>
    (
      layers.find((each) => each.extends === extended && each.choice.definition.id === "rope")
        ?.choice.options as { readonly base?: number } | undefined
    )?.base;
  const parameters = objectOf(values["rope_parameters"]);
  const inside = objectOf(parameters?.["full_attention"]) ?? parameters;
  const raw = objectOf(values["rope_scaling"]) ?? inside ?? {};
  const [base, localBase] = [bases(true), bases(false)];
  if (base === undefined) return undefined;
  const { partial_rotary_factor: ofScaling, type, rope_type: kind } = raw;
  const rest = without(raw, ["rope_theta", "partial_rotary_factor", "type", "rope_type"]);
  const share = values[shareKey] ?? inside?.["partial_rotary_factor"] ?? ofScaling;
  const rule = kind ?? type ?? "default";
  return {
    base,
    ...(typeof share === "number" && { share }),
    ...(rule !== "default" && { scaling: { rope_type: rule, ...rest } }),
    ...(localBase !== undefined && { localBase }),
  };
}

function objectOf(value: unknown): Values | undefined {
  const is = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  return is ? (value as Values) : undefined;
}

function without(values: Values, keys: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}

/** The encoding that a configuration says; undefined where it cannot be read. */
function readAs(family: DecoderFamily, values: Values): string | undefined {
  try {
    return nameOf(readFamily([family], values, "config.json").description.encoding);
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return undefined;
    throw error;
  }
}
