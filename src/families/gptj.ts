/**
 * GPT-J: attention and feed-forward read one norm; neighbouring components rotate.
 *
 * Reference:  transformers 5.23, models/gptj/configuration_gptj.py and modeling_gptj.py
 *
 * @module
 */
import { plainActivations } from "./activation.ts";
import type { DecoderFamily } from "./family.ts";
import { rotaryEncoding } from "./rotary.ts";
import { head, linear, plain } from "./tensor-source.ts";

export const gptJ: DecoderFamily = {
  name: "GPT-J",
  modelType: "gptj",
  architectures: ["GPTJForCausalLM", "GPTJModel"],
  prefix: "transformer.",
  ropeKeys: "fixed",
  buffers: /^h\.\d+\.attn\.(bias|masked_bias|embed_positions)$/,
  // What GPT-2 has under these names is not read by its class.
  harmless: ["n_ctx", "scale_attn_weights", "rotary"],
  read(config, options) {
    const width = config.whole("n_embd", 4096);
    const heads = config.whole("n_head", 16);
    const contextLength = config.whole("n_positions", 2048);
    const model = {
      vocab: config.whole("vocab_size", 50400),
      ...{ model: width, heads, headDim: width / heads },
      layers: config.whole("n_layer", 28),
      hidden: config.whole("n_inner", 4 * width),
      normEpsilon: config.positive("layer_norm_epsilon", 1e-5),
      activation: config.word("activation_function", "gelu_new", plainActivations),
      form: "parallel",
      biases: { query: false, key: false, value: false, output: false },
      headBias: true,
      tiedHead: config.flag("tie_word_embeddings", false),
    } as const;
    return {
      model,
      encoding: rotaryEncoding(config, { model, contextLength }, options),
      contextLength,
      tensors: {
        tokens: plain("wte"),
        "blocks.*.norm1": plain("h.*.ln_1"),
        "blocks.*.attention.query": linear("h.*.attn.q_proj"),
        "blocks.*.attention.key": linear("h.*.attn.k_proj"),
        "blocks.*.attention.value": linear("h.*.attn.v_proj"),
        "blocks.*.attention.output": linear("h.*.attn.out_proj"),
        "blocks.*.feedForward.up": linear("h.*.mlp.fc_in"),
        "blocks.*.feedForward.down": linear("h.*.mlp.fc_out"),
        norm: plain("ln_f"),
        head: head(),
      },
    };
  },
};
