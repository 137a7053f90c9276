/**
 * MPT: ALiBi, no biases.
 *
 * Reference:  transformers 5.23, models/mpt/configuration_mpt.py and modeling_mpt.py, which takes a factor of 4 for the
 *             feed-forward layer and 8 for the slopes whatever the configuration says; other values are refused here
 *
 * @module
 */
import { alibi } from "../encodings/alibi.ts";
import { Configuration } from "./configuration.ts";
import type { ConfigurationValues } from "./configuration.ts";
import type { DecoderFamily } from "./family.ts";
import { head, linear, plain, thirds } from "./tensor-source.ts";

export const mpt: DecoderFamily = {
  name: "MPT",
  modelType: "mpt",
  architectures: ["MptForCausalLM", "MPTForCausalLM", "MptModel"],
  prefix: "transformer.",
  // First values, training, and learned positions, which ALiBi takes the place of.
  harmless: [
    ...["learned_pos_emb", "init_config", "embedding_fraction", "verbose", "norm_type"],
    ...["n_ctx", "fc_type", "ffn_config"],
  ],
  read(config) {
    const model = config.whole("d_model", 2048);
    const heads = config.whole("n_heads", 16);
    config.accept("no_bias", [true], "so layers have biases");
    config.accept("expansion_ratio", [4], "so feed-forward layers have another width");
    config.accept("logit_scale", [], "so logits are scaled");
    return {
      model: {
        vocab: config.whole("vocab_size", 50368),
        ...{ model, heads, headDim: model / heads },
        layers: config.whole("n_layers", 24),
        normEpsilon: config.positive("layer_norm_epsilon", 1e-5),
        activation: "gelu",
        bias: false,
        ...attentionOf(config),
        tiedHead: config.flag("tie_word_embeddings", true),
      },
      encoding: { definition: alibi },
      contextLength: config.whole("max_seq_len", 2048),
      tensors: {
        tokens: plain("wte"),
        "blocks.*.norm1": plain("blocks.*.norm_1"),
        ...thirds(linear, "blocks.*.attn.Wqkv"),
        "blocks.*.attention.output": linear("blocks.*.attn.out_proj"),
        "blocks.*.norm2": plain("blocks.*.norm_2"),
        "blocks.*.feedForward.up": linear("blocks.*.ffn.up_proj"),
        "blocks.*.feedForward.down": linear("blocks.*.ffn.down_proj"),
        norm: plain("norm_f"),
        head: head(),
      },
    };
  },
};

/** Its `attn_config`. */
function attentionOf(config: Configuration): { readonly scoreScale?: number } {
  const values = config.value("attn_config") ?? {};
  if (typeof values !== "object" || Array.isArray(values))
    throw config.wrong("attn_config", values, "an object");
  const own = new Configuration(values as ConfigurationValues, `${config.file}: attn_config`);
  own.accept("alibi", [true], "so it has learned positions");
  own.accept("alibi_bias_max", [8], "so slopes are others");
  own.accept("clip_qkv", [], "so queries, keys and values are clipped");
  own.accept("qk_ln", [false], "so queries and keys have layer norms");
  own.accept("prefix_lm", [false], "so a prefix sees what follows");
  own.accept("attn_uses_sequence_id", [false], "so documents are masked");
  own.accept("attn_type", ["multihead_attention"], "so heads share keys");
  own.accept("rope", [false], "so it has rotary positions");
  own.accept("sliding_window_size", [-1], "so it has a window");
  const scoreScale = own.optionalPositive("softmax_scale");
  own.refuseUnread("MPT", ["attn_pdrop", "attn_impl", "rope_theta", "rope_impl"]);
  return scoreScale === undefined ? {} : { scoreScale };
}
