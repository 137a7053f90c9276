/**
 * A `config.json` of transformers with a method for longer texts, in the keys of version 4 and of version 5:
 *
 *     4    rope_theta, partial_rotary_factor, rope_scaling { rope_type, factor, … }
 *     5    rope_parameters { rope_type, rope_theta, partial_rotary_factor, … }, or one for each type of layer
 *
 * Reference:  transformers 4.57 and 5.23, modeling_rope_utils.py and the configuration classes of the families
 *
 * @module
 */
import type { RopeKeys } from "../encodings/extension/rope-config-writing.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import { extensionKey } from "../families/extension-record.ts";
import type { ExtensionRecord } from "../families/extension-record.ts";
import type { DecoderFamily } from "../families/family.ts";

/** What a configuration is to say. */
export interface ExtendedConfiguration {
  readonly family: DecoderFamily;
  readonly values: ConfigurationValues;
  readonly record: ExtensionRecord;
  /** Of the layers that see the whole text; undefined where no key of transformers says the method. */
  readonly keys: RopeKeys | undefined;
  /** The base of layers of another type that rotate, where types have their own. */
  readonly localBase?: number | undefined;
}

/** The values of the file; where no key of transformers says the method, all of its keys stay as they are. */
export function extendedConfiguration(given: ExtendedConfiguration): ConfigurationValues {
  const { family, values, record, keys, localBase } = given;
  if (keys === undefined || family.ropeKeys === "fixed")
    return { ...values, [extensionKey]: record };
  const { base: baseKey = "rope_theta", share: shareKey = "partial_rotary_factor" } =
    family.ropeKeys ?? {};
  const { base, scaling } = keys;
  const before = objectIn(values, "rope_parameters");
  const inside = localBase === undefined ? before : objectIn(before, "full_attention");
  const share = values[shareKey] ?? inside["partial_rotary_factor"];
  const own = {
    ...(scaling ?? { rope_type: "default" }),
    rope_theta: base,
    ...(share != null && { partial_rotary_factor: share }),
  };
  return {
    ...values,
    max_position_embeddings: longest(record, scaling),
    ...(scaling?.["rope_type"] === "longrope" && {
      // Version 4 reads it here alone.
      original_max_position_embeddings: record.length,
    }),
    [baseKey]: base,
    ...(share != null && { [shareKey]: share }),
    ...(localBase !== undefined && { rope_local_base_freq: localBase }),
    rope_scaling: scaling ?? null,
    rope_parameters:
      localBase === undefined
        ? own
        : {
            ...before,
            sliding_attention: {
              ...{ rope_type: "default", rope_theta: localBase },
              ...objectIn(before, "sliding_attention"),
            },
            full_attention: own,
          },
    [extensionKey]: record,
  };
}

/** What the file says is the longest text: the dynamic rule takes the length of training from there. */
function longest({ length, factor }: ExtensionRecord, scaling: RopeKeys["scaling"]): number {
  return scaling?.["rope_type"] === "dynamic" ? length : Math.round(length * factor);
}

function objectIn(values: ConfigurationValues, key: string): Readonly<Record<string, unknown>> {
  const value = values[key];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
