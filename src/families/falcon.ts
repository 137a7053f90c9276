/**
 * Falcon in its three forms: each head with keys of its own and ALiBi or rotation (RW), one head of keys (7B), and groups
 * of heads (40B, `new_decoder_architecture`).
 *
 * Reference:  transformers 5.23, models/falcon/configuration_falcon.py and modeling_falcon.py
 * Differs:    transformers rounds ALiBi's biases to bfloat16, which moves keys more than 256 tokens into the text by up to
 *             half a percent of their place; here they are exact
 *
 * @module
 */
import { alibi } from "../encodings/alibi.ts";
import { ropeKeys } from "../encodings/extension/rope-config-keys.ts";
import type { BlockForm } from "../model/block-form.ts";
import { plainActivations } from "./activation.ts";
import type { Configuration } from "./configuration.ts";
import type { DecoderFamily } from "./family.ts";
import { rotaryEncoding } from "./rotary.ts";
import { head, linear, plain, projections, thirds } from "./tensor-source.ts";
import type { TensorMap } from "./tensor-source.ts";

export const falcon: DecoderFamily = {
  name: "Falcon",
  modelType: "falcon",
  architectures: ["FalconForCausalLM", "FalconModel"],
  prefix: "transformer.",
  read(config, options) {
    const width = config.wholeOf(["n_embed", "hidden_size"], 4544);
    const heads = config.wholeOf(["n_head", "num_attention_heads"], 71);
    const grouped = config.flag("new_decoder_architecture", false);
    const single = config.flag("multi_query", true) && !grouped;
    const listed = config.wholeOf(["num_kv_heads", "n_head_kv"], heads);
    const keyValueHeads = grouped ? listed : single ? 1 : heads;
    const contextLength = config.whole("max_position_embeddings", 2048);
    const form = formOf(config, grouped);
    const hasAlibi = config.flag("alibi", false);
    // Written beside ALiBi too, where nothing rotates.
    if (hasAlibi) config.use(...ropeKeys);
    const model = {
      vocab: config.whole("vocab_size", 65024),
      ...{ model: width, heads, keyValueHeads, headDim: width / heads, form },
      layers: config.wholeOf(["n_layer", "num_hidden_layers"], 32),
      hidden: config.whole("ffn_hidden_size", 4 * width),
      normEpsilon: config.positive("layer_norm_epsilon", 1e-5),
      activation: config.word("activation", "gelu", plainActivations),
      bias: config.flag("bias", false),
      biases: { norm: true },
      tiedHead: config.flag("tie_word_embeddings", true),
    } as const;
    const name = "h.*.self_attention.query_key_value";
    return {
      model,
      encoding: hasAlibi
        ? { definition: alibi, options: { preScaled: true } }
        : rotaryEncoding(config, { model, contextLength, handled: ["alibi"] }, options),
      contextLength,
      tensors: {
        tokens: plain("word_embeddings"),
        ...normsOf(form),
        ...(grouped || single
          ? projections(linear, name, { groups: keyValueHeads, queries: heads / keyValueHeads })
          : thirds(linear, name, heads)),
        "blocks.*.attention.output": linear("h.*.self_attention.dense"),
        "blocks.*.feedForward.up": linear("h.*.mlp.dense_h_to_4h"),
        "blocks.*.feedForward.down": linear("h.*.mlp.dense_4h_to_h"),
        norm: plain("ln_f"),
        head: head(),
      },
    };
  },
};

function formOf(config: Configuration, grouped: boolean): BlockForm {
  const parallel = config.flag("parallel_attn", true);
  const norms = config.wholeOf(["num_ln_in_parallel_attn"], grouped ? 2 : 1);
  if (grouped && !parallel)
    throw config.wrong("parallel_attn", false, 'true where "new_decoder_architecture" is');
  if (!parallel) return "pre";
  return grouped && norms === 2 ? "parallel-two" : "parallel";
}

function normsOf(form: BlockForm): TensorMap {
  return form === "parallel-two"
    ? { "blocks.*.norm1": plain("h.*.ln_attn"), "blocks.*.norm2": plain("h.*.ln_mlp") }
    : {
        "blocks.*.norm1": plain("h.*.input_layernorm"),
        "blocks.*.norm2": plain("h.*.post_attention_layernorm"),
      };
}
