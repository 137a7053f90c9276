/**
 * GPT-2: learned positions; query, key and value in the columns of one tensor.
 *
 * Reference:  transformers 5.23, models/gpt2/configuration_gpt2.py and modeling_gpt2.py
 *
 * @module
 */
import { learned } from "../encodings/learned.ts";
import { plainActivations } from "./activation.ts";
import type { DecoderFamily } from "./family.ts";
import { convolution, head, plain, thirds } from "./tensor-source.ts";

export const gpt2: DecoderFamily = {
  name: "GPT-2",
  modelType: "gpt2",
  architectures: ["GPT2LMHeadModel", "GPT2Model"],
  prefix: "transformer.",
  buffers: /^h\.\d+\.attn\.(bias|masked_bias)$/,
  // The order of a product and a cast, and the length under its first name.
  harmless: ["reorder_and_upcast_attn", "n_ctx"],
  read(config) {
    const model = config.whole("n_embd", 768);
    const contextLength = config.whole("n_positions", 1024);
    config.accept("scale_attn_weights", [true], "so scores are not scaled");
    config.accept("scale_attn_by_inverse_layer_idx", [false], "so the scale differs by layer");
    config.accept("add_cross_attention", [false], "so it is half of an encoder-decoder");
    return {
      model: {
        vocab: config.whole("vocab_size", 50257),
        model,
        heads: config.whole("n_head", 12),
        layers: config.whole("n_layer", 12),
        hidden: config.whole("n_inner", 4 * model),
        normEpsilon: config.positive("layer_norm_epsilon", 1e-5),
        activation: config.word("activation_function", "gelu_new", plainActivations),
        tiedHead: config.flag("tie_word_embeddings", true),
      },
      encoding: { definition: learned },
      contextLength,
      tensors: {
        tokens: plain("wte"),
        "position.learned.table": plain("wpe.weight"),
        "blocks.*.norm1": plain("h.*.ln_1"),
        ...thirds(convolution, "h.*.attn.c_attn"),
        "blocks.*.attention.output": convolution("h.*.attn.c_proj"),
        "blocks.*.norm2": plain("h.*.ln_2"),
        "blocks.*.feedForward.up": convolution("h.*.mlp.c_fc"),
        "blocks.*.feedForward.down": convolution("h.*.mlp.c_proj"),
        norm: plain("ln_f"),
        head: head(),
      },
    };
  },
};
