/**
 * ModernBERT: rotary positions, layers that see a window between layers that see all, each kind with its base; gated GELU; norms
 * before each part, but for the first, whose norm is that of the embedding.
 *
 * Reference:  transformers 5.23, models/modernbert
 *
 * @module
 */
import type { MaskedHead } from "../model/masked-model.ts";
import { gatedActivations, plainActivations } from "./activation.ts";
import { hasMaskedHead, maskedHeadTensors } from "./bert.ts";
import type { EncoderFamily } from "./family.ts";
import { rotaryEncoding } from "./rotary.ts";
import { linear, plain, thirds } from "./tensor-source.ts";
import { layerTypesOf } from "./windows.ts";

const half = { groups: 1, of: 2 } as const;

export const modernBert: EncoderFamily = {
  name: "ModernBERT",
  modelType: "modernbert",
  architectures: ["ModernBertForMaskedLM", "ModernBertModel"],
  prefix: "model.",
  // How it is computed; the poolings and losses of other heads.
  harmless: [
    ...[
      "reference_compile",
      "repad_logits_with_grad",
      "sparse_prediction",
      "sparse_pred_ignore_index",
    ],
    ...["deterministic_flash_attn", "classifier_pooling", "position_embedding_type"],
  ],
  read(config, options) {
    const layers = config.whole("num_hidden_layers", 22);
    const every = config.whole("global_attn_every_n_layers", 3);
    const types = layerTypesOf(config, layers, (layer) =>
      layer % every === 0 ? "full_attention" : "sliding_attention",
    );
    const attention = config.flag("attention_bias", false);
    const [model, heads] = [
      config.whole("hidden_size", 768),
      config.whole("num_attention_heads", 12),
    ];
    const contextLength = config.whole("max_position_embeddings", 8192);
    const window = Math.floor(config.whole("local_attention", 128) / 2);
    config.accept("head_dim", [model / heads], "so heads have another width");
    const head: MaskedHead = {
      activation: config.word("classifier_activation", "gelu", plainActivations),
      bias: config.flag("classifier_bias", false),
      logitBias: config.flag("decoder_bias", true),
      tied: config.flag("tie_word_embeddings", true),
    };
    const sizes = { headDim: model / heads, layers };
    return {
      model: {
        vocab: config.whole("vocab_size", 50368),
        ...{ model, heads, layers },
        hidden: config.whole("intermediate_size", 1152),
        ...{ form: "pre", firstNorm: false, embeddingNorm: true },
        activation: config.word("hidden_activation", "gelu", gatedActivations),
        normEpsilon: config.positive("norm_eps", 1e-5),
        biases: {
          ...{ query: attention, key: attention, value: attention, output: attention },
          feedForward: config.flag("mlp_bias", false),
          norm: config.flag("norm_bias", false),
        },
        window: types.map((type) => (type === "full_attention" ? "all" : { back: window })),
      },
      encoding: rotaryEncoding(config, { model: sizes, contextLength, types }, options),
      contextLength,
      ...(hasMaskedHead(config) && { head }),
      tensors: {
        tokens: plain("embeddings.tok_embeddings"),
        embeddingNorm: plain("embeddings.norm"),
        "blocks.*.norm1": plain("layers.*.attn_norm"),
        ...thirds(linear, "layers.*.attn.Wqkv"),
        "blocks.*.attention.output": linear("layers.*.attn.Wo"),
        "blocks.*.norm2": plain("layers.*.mlp_norm"),
        "blocks.*.feedForward.gate": linear("layers.*.mlp.Wi", { ...half, from: 0, to: 1 }),
        "blocks.*.feedForward.up": linear("layers.*.mlp.Wi", { ...half, from: 1, to: 2 }),
        "blocks.*.feedForward.down": linear("layers.*.mlp.Wo"),
        norm: plain("final_norm"),
        ...maskedHeadTensors({
          dense: "head.dense",
          norm: "head.norm",
          decoder: "decoder",
          bias: "decoder.bias",
        }),
      },
    };
  },
};
