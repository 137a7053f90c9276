/**
 * BLOOM: ALiBi, and a norm after the embedding.
 *
 * Reference:  transformers 5.23, models/bloom/configuration_bloom.py and modeling_bloom.py
 *
 * @module
 */
import { alibi } from "../encodings/alibi.ts";
import type { DecoderFamily } from "./family.ts";
import { head, linear, plain, thirds } from "./tensor-source.ts";

export const bloom: DecoderFamily = {
  name: "BLOOM",
  modelType: "bloom",
  architectures: ["BloomForCausalLM", "BloomModel"],
  prefix: "transformer.",
  // Fused kernels and parallel training; n_inner is null in all files.
  harmless: [
    ...["pretraining_tp", "slow_but_exact", "attention_softmax_in_fp32", "bias_dropout_fusion"],
    ...["masked_softmax_fusion", "skip_bias_add", "skip_bias_add_qkv", "offset_alibi"],
  ],
  read(config) {
    const model = config.wholeOf(["n_embed", "hidden_size"], 64);
    const heads = config.wholeOf(["n_head", "num_attention_heads"], 8);
    config.accept(
      "apply_residual_connection_post_layernorm",
      [false],
      "so residual sums read norms",
    );
    return {
      model: {
        vocab: config.whole("vocab_size", 250880),
        ...{ model, heads },
        layers: config.wholeOf(["n_layer", "num_hidden_layers"], 2),
        normEpsilon: config.positive("layer_norm_epsilon", 1e-5),
        activation: "gelu-tanh",
        embeddingNorm: true,
        tiedHead: config.flag("tie_word_embeddings", true),
      },
      encoding: { definition: alibi },
      contextLength: config.nullableWhole("seq_length", undefined) ?? Infinity,
      tensors: {
        tokens: plain("word_embeddings"),
        embeddingNorm: plain("word_embeddings_layernorm"),
        "blocks.*.norm1": plain("h.*.input_layernorm"),
        ...thirds(linear, "h.*.self_attention.query_key_value", heads),
        "blocks.*.attention.output": linear("h.*.self_attention.dense"),
        "blocks.*.norm2": plain("h.*.post_attention_layernorm"),
        "blocks.*.feedForward.up": linear("h.*.mlp.dense_h_to_4h"),
        "blocks.*.feedForward.down": linear("h.*.mlp.dense_4h_to_h"),
        norm: plain("ln_f"),
        head: head(),
      },
    };
  },
};
