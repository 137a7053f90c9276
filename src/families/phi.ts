/**
 * Phi 1, 1.5 and 2: attention and feed-forward read one norm; biases everywhere, in the head too; a part of each head
 * rotates.
 *
 * Reference:  transformers 5.23, models/phi/configuration_phi.py and modeling_phi.py
 *
 * @module
 */
import { plainActivations } from "./activation.ts";
import type { DecoderFamily } from "./family.ts";
import { rotaryBuffers } from "./llama.ts";
import { rotaryEncoding } from "./rotary.ts";
import { head, linear, plain } from "./tensor-source.ts";

export const phi: DecoderFamily = {
  name: "Phi",
  modelType: "phi",
  architectures: ["PhiForCausalLM", "PhiModel"],
  prefix: "model.",
  buffers: rotaryBuffers,
  read(config, options) {
    const width = config.whole("hidden_size", 2048);
    const heads = config.whole("num_attention_heads", 32);
    const contextLength = config.whole("max_position_embeddings", 2048);
    config.accept("qk_layernorm", [false], "so queries and keys have layer norms");
    const model = {
      vocab: config.whole("vocab_size", 51200),
      ...{ model: width, heads },
      headDim: config.whole("head_dim", width / heads),
      keyValueHeads: config.whole("num_key_value_heads", heads),
      layers: config.whole("num_hidden_layers", 24),
      hidden: config.whole("intermediate_size", 8192),
      normEpsilon: config.positive("layer_norm_eps", 1e-5),
      activation: config.word("hidden_act", "gelu_new", plainActivations),
      form: "parallel",
      headBias: true,
      tiedHead: config.flag("tie_word_embeddings", false),
    } as const;
    return {
      model,
      encoding: rotaryEncoding(config, { model, contextLength }, options),
      contextLength,
      tensors: {
        tokens: plain("embed_tokens"),
        "blocks.*.norm1": plain("layers.*.input_layernorm"),
        "blocks.*.attention.query": linear("layers.*.self_attn.q_proj"),
        "blocks.*.attention.key": linear("layers.*.self_attn.k_proj"),
        "blocks.*.attention.value": linear("layers.*.self_attn.v_proj"),
        "blocks.*.attention.output": linear("layers.*.self_attn.dense"),
        "blocks.*.feedForward.up": linear("layers.*.mlp.fc1"),
        "blocks.*.feedForward.down": linear("layers.*.mlp.fc2"),
        norm: plain("final_layernorm"),
        head: head(),
      },
    };
  },
};
