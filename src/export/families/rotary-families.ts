/**
 * The configurations of families with rotary positions, written from a model's settings. A reader of the family then says
 * whether they are the model's: what a family cannot have is left out here.
 *
 * @module
 */
import { windowOf } from "../../model/config.ts";
import type { TransformerConfig } from "../../model/config.ts";
import { hasBias } from "../../model/config.ts";
import type { Activation } from "../../model/activations.ts";
import type { ConfigurationValues } from "../../families/configuration.ts";
import { decoderFamilies } from "../../families/index.ts";
import type { DecoderFamily } from "../../families/family.ts";
import { ropeStyles } from "../rope-styles.ts";
import type { RunModel } from "../run-model.ts";

type Values = ConfigurationValues;

/** Activations in words of transformers. */
export const activationWords: Readonly<Record<Activation, string>> = {
  ...{ gelu: "gelu", "gelu-tanh": "gelu_new", silu: "silu", relu: "relu" },
  ...{ swiglu: "silu", geglu: "gelu", "geglu-tanh": "gelu_pytorch_tanh" },
};

/** The family of a model type. */
export function familyOf(modelType: string): DecoderFamily {
  return decoderFamilies.find((each) => each.modelType === modelType)!;
}

/** The rotary keys of all layers. */
export function rotaryValues(family: DecoderFamily, { rotary, config }: RunModel): Values {
  if (rotary === undefined) return {};
  const { base, scaling, rotated } = rotary;
  // Classes of other families rotate a part by default.
  const whole = rotated === config.headDim && !["phi", "gpt_neox"].includes(family.modelType);
  return ropeStyles(family, { base, scaling, share: whole ? undefined : rotated / config.headDim });
}

/** Sizes in Llama's keys. */
function llamaValues({ config, length }: RunModel, activationKey = "hidden_act"): Values {
  return {
    ...{ vocab_size: config.vocab, hidden_size: config.model, intermediate_size: config.hidden },
    ...{ num_hidden_layers: config.layers, num_attention_heads: config.heads },
    ...{ num_key_value_heads: config.keyValueHeads, head_dim: config.headDim },
    ...{ rms_norm_eps: config.normEpsilon, max_position_embeddings: length },
    [activationKey]: activationWords[config.activation],
    tie_word_embeddings: config.tiedHead,
  };
}

/** Windows by layer: their one size, and the type of each layer. */
function windowValues(config: TransformerConfig): Values {
  const windows = Array.from({ length: config.layers }, (_, layer) => windowOf(config, layer));
  const size = windows.find((rule) => rule !== undefined);
  return {
    sliding_window: size === undefined ? null : size.back + 1,
    layer_types: windows.map((rule) => (rule ? "sliding_attention" : "full_attention")),
  };
}

const biased = (config: TransformerConfig): boolean => hasBias(config, "query");

/** Configurations by model type, from the plainest family on. */
export const rotaryFamilies: Readonly<Record<string, (model: RunModel) => Values>> = {
  llama: (model) => ({
    ...llamaValues(model),
    ...{ attention_bias: biased(model.config), mlp_bias: hasBias(model.config, "feedForward") },
  }),
  mistral: (model) => ({
    ...llamaValues(model),
    sliding_window: windowValues(model.config)["sliding_window"],
  }),
  qwen2: (model) => ({ ...llamaValues(model), ...qwenWindows(model.config) }),
  qwen3: (model) => ({
    ...llamaValues(model),
    ...qwenWindows(model.config),
    attention_bias: biased(model.config),
  }),
  gpt_neox: ({ config, length }) => ({
    ...{ vocab_size: config.vocab, hidden_size: config.model, intermediate_size: config.hidden },
    ...{ num_hidden_layers: config.layers, num_attention_heads: config.heads },
    ...{ layer_norm_eps: config.normEpsilon, max_position_embeddings: length },
    hidden_act: activationWords[config.activation],
    use_parallel_residual: config.form === "parallel-two",
    ...{ attention_bias: biased(config), tie_word_embeddings: config.tiedHead },
  }),
  phi: ({ config, length }) => ({
    ...{ vocab_size: config.vocab, hidden_size: config.model, intermediate_size: config.hidden },
    ...{ num_hidden_layers: config.layers, num_attention_heads: config.heads },
    num_key_value_heads: config.keyValueHeads,
    ...{ layer_norm_eps: config.normEpsilon, max_position_embeddings: length },
    hidden_act: activationWords[config.activation],
    tie_word_embeddings: config.tiedHead,
  }),
  gptj: ({ config, length, rotary }) => ({
    ...{ vocab_size: config.vocab, n_embd: config.model, n_inner: config.hidden },
    ...{ n_layer: config.layers, n_head: config.heads, n_positions: length },
    ...{ layer_norm_epsilon: config.normEpsilon, rotary_dim: rotary?.rotated },
    activation_function: activationWords[config.activation],
    tie_word_embeddings: config.tiedHead,
  }),
  falcon: (model) => falconValues(model, false),
  gemma: (model) => ({ ...llamaValues(model), attention_bias: biased(model.config) }),
  gemma2: (model) => ({
    ...llamaValues(model, "hidden_activation"),
    ...windowValues(model.config),
    attention_bias: biased(model.config),
    attn_logit_softcapping: model.config.scoreCap ?? null,
    final_logit_softcapping: model.config.logitCap ?? null,
    query_pre_attn_scalar: queryScalar(model.config),
  }),
};

function qwenWindows(config: TransformerConfig): Values {
  const values = windowValues(config);
  return values["sliding_window"] === null ? {} : { ...values, use_sliding_window: true };
}

function queryScalar({ scoreScale, headDim }: TransformerConfig): number {
  if (scoreScale === undefined) return headDim;
  const scalar = scoreScale ** -2;
  return Math.abs(scalar - Math.round(scalar)) < 1e-6 ? Math.round(scalar) : scalar;
}

/** Falcon's three forms, with rotary positions or with ALiBi. */
export function falconValues({ config, length }: RunModel, alibi: boolean): Values {
  const { heads, keyValueHeads, form } = config;
  const grouped = form === "parallel-two" || (keyValueHeads > 1 && keyValueHeads < heads);
  return {
    ...{ vocab_size: config.vocab, hidden_size: config.model, ffn_hidden_size: config.hidden },
    ...{ num_hidden_layers: config.layers, num_attention_heads: heads },
    ...{ new_decoder_architecture: grouped, num_kv_heads: keyValueHeads },
    ...{ multi_query: keyValueHeads === 1, parallel_attn: form !== "pre", alibi },
    ...(grouped && { num_ln_in_parallel_attn: form === "parallel-two" ? 2 : 1 }),
    ...{ layer_norm_epsilon: config.normEpsilon, max_position_embeddings: length },
    activation: activationWords[config.activation],
    ...{ bias: hasBias(config, "feedForward"), tie_word_embeddings: config.tiedHead },
  };
}
