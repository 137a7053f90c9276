/**
 * The configurations of families of encoder-decoders, written from a model's settings, see `rotary-families.ts`.
 *
 * @module
 */
import type { ConfigurationValues } from "../../families/configuration.ts";
import type { Activation } from "../../model/activations.ts";
import type { EncoderDecoderConfig } from "../../model/encoder-decoder-config.ts";
import { pairSizes } from "../pair-configuration.ts";
import { activationWords } from "./rotary-families.ts";

type Values = ConfigurationValues;

/** What a configuration is to say. */
export interface PairModel {
  readonly config: EncoderDecoderConfig;
  /** Options of the encoding of both halves. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Tokens of the longest text of either half. */
  readonly length: number;
}

/** T5's words; the others have no gate of this kind, or compute another one by its name. */
const t5Words: Readonly<Partial<Record<Activation, string>>> = {
  ...{ relu: "relu", gelu: "gelu", "gelu-tanh": "gelu_new", silu: "silu" },
  ...{ "geglu-tanh": "gated-gelu", swiglu: "gated-silu" },
};

function bartValues(type: string): (model: PairModel) => Values {
  return ({ config, options, length }) => ({
    ...pairSizes[type]!(config),
    max_position_embeddings: length,
    activation_function: activationWords[config.activation],
    scale_embedding: options["embedScale"] === "root-model",
  });
}

/** Configurations by encoding and model type. */
export const pairFamilyValues: Readonly<
  Record<string, Readonly<Record<string, (model: PairModel) => Values>>>
> = {
  t5: {
    t5: ({ config, options }) => ({
      ...pairSizes["t5"]!(config),
      feed_forward_proj: t5Words[config.activation] ?? config.activation,
      layer_norm_epsilon: config.normEpsilon,
      relative_attention_num_buckets: options["buckets"],
      relative_attention_max_distance: options["maxDistance"],
      // A head of its own, which is the table once more: with a tied one version 4 scales what it reads.
      tie_word_embeddings: false,
    }),
  },
  learned: { blenderbot: bartValues("blenderbot"), bart: bartValues("bart") },
  sinusoidal: { pegasus: bartValues("pegasus"), marian: bartValues("marian") },
};
