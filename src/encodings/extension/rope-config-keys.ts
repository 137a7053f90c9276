/**
 * The keys of a configuration that could change rotary positions: those that are read, and the refusal of all others.
 *
 * @module
 */

import { ropeClassOf } from "./rope-class-defaults.ts";

/** A configuration, or a part of it. */
export type RopeConfig = Readonly<Record<string, unknown>>;

/** Keys at the top of a configuration that are read, or that change no rotation. */
export const ropeKeys: ReadonlySet<string> = new Set([
  ...["rope_theta", "rotary_emb_base", "rope_local_base_freq", "global_rope_theta"],
  ...["local_rope_theta", "rope_scaling", "rope_parameters", "partial_rotary_factor"],
  ...["rotary_pct", "rope_pct", "rotary_dim", "qk_rope_head_dim", "rope_interleave"],
  ...["no_rope_layers", "no_rope_layer_interval", "position_embedding_type"],
  ...["max_position_embeddings", "original_max_position_embeddings"],
  "qk_nope_head_dim", // the part of a head that `qk_rope_head_dim` leaves, which no rotation reads
]);

/** Names that speak of positions; `attn_temperature_tuning` multiplies queries by a factor of theirs. */
const speaksOfPositions =
  /rope|nope|xpos|rotary|theta|inv_?freq|alibi|yarn|ntk|logn|pos(ition)?_?(emb|enc|bias)|positional|relative|temperature_tuning/i;

/** Keys of `rope_parameters`, of all rules; a rule leaves alone those that it does not have, as transformers does. */
const readInside: ReadonlySet<string> = new Set([
  ...["rope_type", "type", "rope_theta", "partial_rotary_factor", "factor"],
  ...["original_max_position_embeddings", "attention_factor", "beta_fast", "beta_slow"],
  ...["short_factor", "long_factor", "low_freq_factor", "high_freq_factor"],
  ...["mscale", "mscale_all_dim", "truncate", "finetuned"],
]);

/** Switches of rotary positions, which may only be on. */
const switches: ReadonlySet<string> = new Set(["rotary", "use_rope", "use_rotary_embedding"]);

const hints: Readonly<Record<string, string>> = {
  mrope_section: 'Positions have axes here: use "m-rope" with these sections.',
  alibi: 'The model has "alibi" in place of rotary positions.',
  attn_temperature_tuning: 'Compose "query-temperature" in the layers without rotation.',
  use_dynamic_ntk: "Its base follows the length of the text: give scaling dynamic-ntk.",
  use_logn_attn: 'Compose "log-n".',
  short_mscale: "Attention factors of short and long texts differ here.",
  long_mscale: "Attention factors of short and long texts differ here.",
};

/**
 * @param handled keys that the caller reads itself
 * @throws {RangeError} a key at the top speaks of positions and is not understood
 */
export function refuseUnknownKeys(config: RopeConfig, handled: readonly string[]): void {
  const kind = config["position_embedding_type"];
  // Files of rotary classes carry BERT's "absolute", which their classes do not read.
  const read = ropeClassOf(String(config["model_type"])) === undefined;
  if (read && says(kind) && !["rope", "rotary"].includes(String(kind)))
    throw new RangeError(
      `rope: this configuration's position_embedding_type is ${JSON.stringify(kind)}, so its positions do not rotate.`,
    );
  const unknown = Object.keys(config).find((key) => {
    if (handled.includes(key)) return false;
    if (switches.has(key)) return config[key] === false;
    return speaksOfPositions.test(key) && !ropeKeys.has(key) && says(config[key]);
  });
  if (unknown !== undefined) throw notUnderstood(unknown, config[unknown]);
}

/** @throws {RangeError} a key of `rope_parameters` or `rope_scaling` is not understood */
export function refuseUnknownSettings(settings: RopeConfig, handled: readonly string[]): void {
  const unknown = Object.keys(settings).find(
    (key) => !readInside.has(key) && !handled.includes(key) && says(settings[key]),
  );
  if (unknown !== undefined)
    throw notUnderstood(`rope_parameters.${unknown}`, settings[unknown], hintFor(unknown));
}

/** Whether a value says anything: null, false and empty ones do not. */
export function says(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  return !(typeof value === "object" && Object.keys(value).length === 0);
}

function hintFor(key: string): string | undefined {
  return Object.hasOwn(hints, key) ? hints[key] : undefined;
}

function notUnderstood(key: string, value: unknown, hint = hintFor(key)): RangeError {
  return new RangeError(
    `rope: the configuration's ${key} (${JSON.stringify(value)}) is not understood, and it may change positions. ` +
      (hint ??
        "Where it changes none, or you apply it yourself, name it among the keys you handle."),
  );
}
