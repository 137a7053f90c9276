/**
 * The configurations of families with other positions, written from a model's settings, see `rotary-families.ts`.
 *
 * @module
 */
import { hasBias, windowOf } from "../../model/config.ts";
import type { ConfigurationValues } from "../../families/configuration.ts";
import { ropeStyles } from "../rope-styles.ts";
import type { RotaryKeys, RunModel } from "../run-model.ts";
import { activationWords, familyOf, rotaryFamilies } from "./rotary-families.ts";

type Values = ConfigurationValues;

/** Configurations by encoding and model type. */
export const otherFamilies: Readonly<
  Record<string, Readonly<Record<string, (model: RunModel) => Values>>>
> = {
  alibi: {
    mpt: ({ config, length }) => ({
      ...{ vocab_size: config.vocab, d_model: config.model, n_layers: config.layers },
      ...{ n_heads: config.heads, expansion_ratio: 4, max_seq_len: length, no_bias: true },
      layer_norm_epsilon: config.normEpsilon,
      attn_config: { alibi: true, alibi_bias_max: 8 },
      tie_word_embeddings: config.tiedHead,
    }),
    bloom: ({ config }) => ({
      ...{ vocab_size: config.vocab, hidden_size: config.model, n_layer: config.layers },
      ...{ n_head: config.heads, layer_norm_epsilon: config.normEpsilon },
      tie_word_embeddings: config.tiedHead,
    }),
  },
  learned: {
    gpt2: ({ config, length }) => ({
      ...{ vocab_size: config.vocab, n_embd: config.model, n_inner: config.hidden },
      ...{ n_layer: config.layers, n_head: config.heads, n_positions: length },
      layer_norm_epsilon: config.normEpsilon,
      activation_function: activationWords[config.activation],
      tie_word_embeddings: config.tiedHead,
    }),
  },
  layers: {
    smollm3: (model) => {
      const keys = model.layers?.find((each) => each !== undefined);
      return {
        ...rotaryFamilies["llama"]!(model),
        ...(keys && ropeStyles(familyOf("smollm3"), keys)),
        use_sliding_window: false,
        no_rope_layers: model.layers?.map((each) => (each === undefined ? 0 : 1)),
        attention_bias: hasBias(model.config, "query"),
      };
    },
    gemma3_text: (model) => {
      const { config, layers = [] } = model;
      const keysOf = (sliding: boolean): RotaryKeys | undefined =>
        layers.find((_, layer) => (windowOf(config, layer) !== undefined) === sliding);
      const [full, local] = [keysOf(false), keysOf(true)];
      return {
        ...rotaryFamilies["gemma2"]!(model),
        ...(full && ropeStyles(familyOf("gemma3_text"), { ...full, localBase: local?.base })),
      };
    },
  },
  none: {
    smollm3: (model) => ({
      ...rotaryFamilies["llama"]!(model),
      ...{ use_sliding_window: false, rope_theta: 10000, rope_scaling: null },
      rope_parameters: { rope_type: "default", rope_theta: 10000 },
      no_rope_layers: Array.from({ length: model.config.layers }, () => 0),
      ...{ attention_bias: hasBias(model.config, "query") },
    }),
    gpt_neox: (model) => ({
      ...rotaryFamilies["gpt_neox"]!(model),
      ...{ rotary_pct: 0, rotary_emb_base: 10000, rope_scaling: null },
      rope_parameters: { rope_type: "default", rope_theta: 10000, partial_rotary_factor: 0 },
    }),
  },
};
