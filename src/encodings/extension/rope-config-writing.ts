/**
 * A rule for longer texts as keys of a configuration of transformers: what rope-config-scaling.ts reads.
 *
 * Reference:  transformers 4.57 and 5.23, modeling_rope_utils.py
 *
 * @module
 */
import type { Choice } from "../compose/composition.ts";
import { rope } from "../rope.ts";
import type { TrainedRope } from "./methods.ts";
import { geometricBase } from "./rope-frequencies.ts";
import type { ReadScaling } from "./rope-scaling.ts";

/** Rotary positions of a layer in keys of transformers. */
export interface RopeKeys {
  readonly base: number;
  /** `rope_scaling`, without the base; absent: frequencies follow from the base alone. */
  readonly scaling?: Readonly<Record<string, unknown>>;
}

type RopeOptions = TrainedRope & { readonly scaling?: ReadScaling };

/** The keys that say an encoding; undefined where transformers has none for it. */
export function ropeKeysOf({ definition, options }: Choice, headDim: number): RopeKeys | undefined {
  if (definition.id !== rope.id) return undefined;
  const { base, rotated = headDim, scaling } = options as RopeOptions;
  if (scaling === undefined) return { base };
  if (scaling.type === "ntk-aware")
    return { base: geometricBase(scaling.type, rotated, base, scaling.factor) };
  const keys = keysOf(scaling);
  return keys && { base, scaling: keys };
}

function keysOf(scaling: ReadScaling): Readonly<Record<string, unknown>> | undefined {
  switch (scaling.type) {
    case "linear":
      return { rope_type: "linear", factor: scaling.factor };
    case "dynamic-ntk":
      return { rope_type: "dynamic", factor: scaling.factor };
    case "ntk-by-parts":
    case "yarn": {
      if (scaling.ramp === "turns") return undefined;
      const { factor, length, fast, slow, truncate } = scaling;
      return {
        ...{ rope_type: "yarn", factor, original_max_position_embeddings: length },
        ...given({ beta_fast: fast, beta_slow: slow }),
        ...(truncate === false && { truncate }),
        ...(scaling.type === "ntk-by-parts"
          ? { attention_factor: 1 }
          : given({
              attention_factor: scaling.attentionFactor,
              mscale: scaling.mscale,
              mscale_all_dim: scaling.mscaleAllDim,
            })),
      };
    }
    case "longrope":
      return {
        rope_type: "longrope",
        ...{ short_factor: scaling.short, long_factor: scaling.long },
        original_max_position_embeddings: scaling.length,
        ...given({ factor: scaling.factor, attention_factor: scaling.attentionFactor }),
      };
    case "llama3":
      return {
        ...{ rope_type: "llama3", factor: scaling.factor },
        ...{ low_freq_factor: scaling.low ?? 1, high_freq_factor: scaling.high ?? 4 },
        original_max_position_embeddings: scaling.length,
      };
    default:
      return undefined;
  }
}

function given(keys: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined));
}
