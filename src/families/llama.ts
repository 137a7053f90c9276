/**
 * Llama 1, 2 and 3, and what its relatives share with it: names of keys and tensors, RMS norms before each part, a
 * gated feed-forward layer.
 *
 * Reference:  transformers 5.23, models/llama/configuration_llama.py and modeling_llama.py
 *
 * @module
 */
import type { TransformerOptions } from "../model/config.ts";
import { gatedActivations } from "./activation.ts";
import type { Configuration } from "./configuration.ts";
import type { DecoderFamily } from "./family.ts";
import { rotaryEncoding } from "./rotary.ts";
import { head, linear, plain } from "./tensor-source.ts";
import type { TensorMap } from "./tensor-source.ts";

/** The defaults of a class that names its sizes as Llama's does. */
export interface LlamaDefaults {
  readonly vocab: number;
  readonly model: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads?: number;
  readonly headDim?: number;
  readonly tiedHead?: boolean;
  /** The key of the activation. Default "hidden_act". */
  readonly activationKey?: string;
  /** Its word. Default "silu". */
  readonly activation?: string;
}

/** Sizes, norm, activation and head, by Llama's keys. */
export function llamaModel(config: Configuration, given: LlamaDefaults): TransformerOptions {
  const { activationKey = "hidden_act", activation = "silu", tiedHead = false } = given;
  const model = config.whole("hidden_size", given.model);
  const heads = config.whole("num_attention_heads", given.heads);
  return {
    vocab: config.whole("vocab_size", given.vocab),
    ...{ model, heads },
    headDim: config.whole("head_dim", given.headDim ?? Math.floor(model / heads)),
    keyValueHeads: config.whole("num_key_value_heads", given.keyValueHeads ?? heads),
    hidden: config.whole("intermediate_size", given.hidden),
    layers: config.whole("num_hidden_layers", given.layers),
    norm: "rms",
    normEpsilon: config.positive("rms_norm_eps", 1e-6),
    activation: config.word(activationKey, activation, gatedActivations),
    bias: false,
    tiedHead: config.flag("tie_word_embeddings", tiedHead),
  };
}

/** Llama's tensors. */
export const llamaTensors: TensorMap = {
  tokens: plain("embed_tokens"),
  "blocks.*.norm1": plain("layers.*.input_layernorm"),
  "blocks.*.attention.query": linear("layers.*.self_attn.q_proj"),
  "blocks.*.attention.key": linear("layers.*.self_attn.k_proj"),
  "blocks.*.attention.value": linear("layers.*.self_attn.v_proj"),
  "blocks.*.attention.output": linear("layers.*.self_attn.o_proj"),
  "blocks.*.norm2": plain("layers.*.post_attention_layernorm"),
  "blocks.*.feedForward.gate": linear("layers.*.mlp.gate_proj"),
  "blocks.*.feedForward.up": linear("layers.*.mlp.up_proj"),
  "blocks.*.feedForward.down": linear("layers.*.mlp.down_proj"),
  norm: plain("norm"),
  head: head(),
};

/** Inverse frequencies, which older versions wrote into their files. */
export const rotaryBuffers = /rotary_emb\.inv_freq$/;

export const llama: DecoderFamily = {
  name: "Llama",
  modelType: "llama",
  architectures: ["LlamaForCausalLM", "LlamaModel"],
  prefix: "model.",
  buffers: rotaryBuffers,
  // The slices of a product are computed together.
  harmless: ["pretraining_tp"],
  read(config, options) {
    const defaults = { vocab: 32000, model: 4096, hidden: 11008, layers: 32, heads: 32 };
    const model = llamaModel(config, defaults);
    const contextLength = config.whole("max_position_embeddings", 2048);
    const attention = config.flag("attention_bias", false);
    return {
      model: {
        ...model,
        biases: {
          ...{ query: attention, key: attention, value: attention, output: attention },
          feedForward: config.flag("mlp_bias", false),
        },
      },
      encoding: rotaryEncoding(config, { model, contextLength }, options),
      contextLength,
      tensors: llamaTensors,
    };
  },
};
