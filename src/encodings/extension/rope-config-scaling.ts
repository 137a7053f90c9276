/**
 * The rule for longer texts in a configuration of transformers, as a rule of rope-scaling.ts.
 *
 * @module
 */
import type { RopeConfig } from "./rope-config-keys.ts";
import type { RopeScaling } from "./rope-scaling.ts";

/** Where a rule is read. */
export interface ScalingSource {
  readonly config: RopeConfig;
  /** Settings of these layers. */
  readonly own: RopeConfig;
  /** `rope_parameters` as a whole, which is where `truncate` is read. */
  readonly top: RopeConfig;
  /** Whether types of layers have settings of their own; the length of training is then read there alone. */
  readonly nested: boolean;
}

/**
 * The rule, or undefined where frequencies stay as they are.
 *
 * @throws {RangeError} a rule that `rope` does not have, or a value that is missing
 */
export function scalingOf({ config, own, top, nested }: ScalingSource): RopeScaling | undefined {
  const named = (own["rope_type"] ?? own["type"] ?? "default") as string;
  // Phi-3's first files call its rule "su" or "yarn".
  const type = named === "yarn" && config["model_type"] === "phi3" ? "longrope" : named;
  const given = (names: Readonly<Record<string, string>>): Record<string, never> =>
    Object.fromEntries(
      Object.entries(names).flatMap(([ours, theirs]) =>
        own[theirs] == null ? [] : [[ours, own[theirs] as never]],
      ),
    );
  const attentionFactor = own["attention_factor"] as number | undefined;
  const most = (): number =>
    numberOf(
      config,
      config["max_position_embeddings"] == null ? "n_positions" : "max_position_embeddings",
    );
  const length = (): number => {
    const found = nested ? undefined : config["original_max_position_embeddings"];
    const known = found ?? own["original_max_position_embeddings"];
    if (known == null)
      throw new RangeError(
        `rope: rope_type "${type}" needs original_max_position_embeddings, the length of training; ` +
          `max_position_embeddings may have been raised since. Add it to rope_parameters.`,
      );
    return numberOf(
      { original_max_position_embeddings: known },
      "original_max_position_embeddings",
    );
  };
  const factor = (): number =>
    own["factor"] == null ? most() / length() : numberOf(own, "factor");
  switch (type) {
    case "default":
      return undefined;
    case "linear":
      return { type, factor: numberOf(own, "factor") };
    case "dynamic":
      return { type: "dynamic-ntk", factor: numberOf(own, "factor"), length: most() };
    case "yarn": {
      const truncate = (top["truncate"] ?? true) as boolean;
      const ramp = given({ fast: "beta_fast", slow: "beta_slow" });
      // One mscale without the other is not read, nor are both beside an attention factor.
      const both = own["mscale"] && own["mscale_all_dim"] && attentionFactor == null;
      const scales = both ? given({ mscale: "mscale", mscaleAllDim: "mscale_all_dim" }) : {};
      const fixed = attentionFactor == null ? scales : { attentionFactor };
      return { type, factor: factor(), length: length(), truncate, ...ramp, ...fixed };
    }
    case "longrope":
    case "su": {
      const [short, long] = ["short_factor", "long_factor"].map((name) => own[name] as number[]);
      const fixed = attentionFactor == null ? { factor: factor() } : { attentionFactor };
      return { type: "longrope", short: short!, long: long!, length: length(), ...fixed };
    }
    case "llama3":
      return {
        type,
        factor: numberOf(own, "factor"),
        length: length(),
        ...given({ low: "low_freq_factor", high: "high_freq_factor" }),
      };
    default:
      throw new RangeError(
        `rope: rope_type "${type}" is no rule of rope. ` +
          `Read: default, linear, dynamic, yarn, longrope, su, llama3; "proportional" is p-rope.`,
      );
  }
}

/** @throws {RangeError} unless the key is a number */
export function numberOf(from: RopeConfig, name: string): number {
  const value = from[name];
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new RangeError(
      `rope: the configuration's ${name} must be a number, got ${String(value)}.`,
    );
  return value;
}
