/**
 * GPT-NeoX and Pythia: attention and feed-forward side by side, a part of each head rotated; query, key and value of each
 * head are neighbours in one tensor.
 *
 * Reference:  transformers 5.23, models/gpt_neox/configuration_gpt_neox.py and modeling_gpt_neox.py
 *
 * @module
 */
import { plainActivations } from "./activation.ts";
import type { DecoderFamily } from "./family.ts";
import { rotaryEncoding } from "./rotary.ts";
import { head, linear, plain, thirds } from "./tensor-source.ts";

export const gptNeoX: DecoderFamily = {
  name: "GPT-NeoX",
  modelType: "gpt_neox",
  architectures: ["GPTNeoXForCausalLM", "GPTNeoXModel"],
  prefix: "gpt_neox.",
  ropeKeys: { base: "rotary_emb_base", share: "rotary_pct" },
  buffers: /^layers\.\d+\.attention\.(bias|masked_bias|rotary_emb\.inv_freq)$/,
  read(config, options) {
    const width = config.whole("hidden_size", 6144);
    const heads = config.whole("num_attention_heads", 64);
    const contextLength = config.whole("max_position_embeddings", 2048);
    const bias = config.flag("attention_bias", true);
    const model = {
      vocab: config.whole("vocab_size", 50432),
      ...{ model: width, heads, headDim: width / heads },
      layers: config.whole("num_hidden_layers", 44),
      hidden: config.whole("intermediate_size", 24576),
      normEpsilon: config.positive("layer_norm_eps", 1e-5),
      activation: config.word("hidden_act", "gelu", plainActivations),
      form: config.flag("use_parallel_residual", true) ? "parallel-two" : "pre",
      biases: { query: bias, key: bias, value: bias, output: bias },
      tiedHead: config.flag("tie_word_embeddings", false),
    } as const;
    return {
      model,
      encoding: rotaryEncoding(config, { model, contextLength }, options),
      contextLength,
      tensors: {
        tokens: plain("embed_in"),
        "blocks.*.norm1": plain("layers.*.input_layernorm"),
        ...thirds(linear, "layers.*.attention.query_key_value", heads),
        "blocks.*.attention.output": linear("layers.*.attention.dense"),
        "blocks.*.norm2": plain("layers.*.post_attention_layernorm"),
        "blocks.*.feedForward.up": linear("layers.*.mlp.dense_h_to_4h"),
        "blocks.*.feedForward.down": linear("layers.*.mlp.dense_4h_to_h"),
        norm: plain("final_layer_norm"),
        head: head("lm_head", "embed_out"),
      },
    };
  },
};
