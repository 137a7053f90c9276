/**
 * Gemma 1, 2 and 3: token vectors times √model, norms that store their weight minus 1; from the second on norms before
 * and after each part, windows and soft caps; in the third norms of queries and keys and a base of rotation for each type
 * of layer.
 *
 * Reference:  transformers 5.23, models/gemma, models/gemma2 and models/gemma3 (its text model)
 *
 * @module
 */
import type { TransformerOptions } from "../model/config.ts";
import type { Configuration } from "./configuration.ts";
import type { DecoderFamily } from "./family.ts";
import { llamaModel, llamaTensors, rotaryBuffers } from "./llama.ts";
import type { LlamaDefaults } from "./llama.ts";
import { rotaryEncoding } from "./rotary.ts";
import { plain } from "./tensor-source.ts";
import type { TensorMap, TensorSource } from "./tensor-source.ts";
import { layerTypesOf, windowOption } from "./windows.ts";

const norm = (name: string): TensorSource => ({ ...plain(name), plus: 1 });

const tensors: TensorMap = {
  ...llamaTensors,
  "blocks.*.norm1": norm("layers.*.input_layernorm"),
  "blocks.*.norm2": norm("layers.*.post_attention_layernorm"),
  norm: norm("norm"),
};

const doubleNormTensors: TensorMap = {
  ...tensors,
  "blocks.*.norm1After": norm("layers.*.post_attention_layernorm"),
  "blocks.*.norm2": norm("layers.*.pre_feedforward_layernorm"),
  "blocks.*.norm2After": norm("layers.*.post_feedforward_layernorm"),
  "blocks.*.attention.queryNorm": norm("layers.*.self_attn.q_norm"),
  "blocks.*.attention.keyNorm": norm("layers.*.self_attn.k_norm"),
};

/** What all three share. */
function gemmaModel(config: Configuration, defaults: LlamaDefaults): TransformerOptions {
  const activation = "gelu_pytorch_tanh";
  const model = llamaModel(config, { ...defaults, headDim: 256, tiedHead: true, activation });
  config.accept("use_bidirectional_attention", [false], "so tokens would see those after them");
  const bias = config.flag("attention_bias", false);
  return {
    ...model,
    biases: { query: bias, key: bias, value: bias, output: bias },
    embeddingScale: Math.fround(model.model ** 0.5),
  };
}

/** What the second and the third share. */
function doubleNormModel(
  config: Configuration,
  caps: { readonly scores?: number; readonly logits?: number },
): TransformerOptions {
  const model = gemmaModel(config, {
    ...{ vocab: 256000, model: 2304, hidden: 9216, layers: 26, heads: 8, keyValueHeads: 4 },
    activationKey: "hidden_activation",
  });
  const scoreCap = config.nullablePositive("attn_logit_softcapping", caps.scores);
  const logitCap = config.nullablePositive("final_logit_softcapping", caps.logits);
  return {
    ...model,
    form: "double",
    scoreScale: config.positive("query_pre_attn_scalar", 256) ** -0.5,
    ...(scoreCap !== undefined && { scoreCap }),
    ...(logitCap !== undefined && { logitCap }),
  };
}

export const gemma: DecoderFamily = {
  name: "Gemma",
  modelType: "gemma",
  architectures: ["GemmaForCausalLM", "GemmaModel"],
  prefix: "model.",
  buffers: rotaryBuffers,
  // Its class reads "hidden_act".
  harmless: ["hidden_activation"],
  read(config, options) {
    const sizes = { vocab: 256000, model: 3072, hidden: 24576, layers: 28, heads: 16 };
    const model = gemmaModel(config, { ...sizes, keyValueHeads: 16 });
    const contextLength = config.whole("max_position_embeddings", 8192);
    const encoding = rotaryEncoding(config, { model, contextLength }, options);
    return { model, encoding, contextLength, tensors };
  },
};

export const gemma2: DecoderFamily = {
  name: "Gemma 2",
  modelType: "gemma2",
  architectures: ["Gemma2ForCausalLM", "Gemma2Model"],
  prefix: "model.",
  buffers: rotaryBuffers,
  // Its class reads "hidden_activation".
  harmless: ["hidden_act", "sliding_window_size"],
  read(config, options) {
    const model = doubleNormModel(config, { scores: 50, logits: 30 });
    const contextLength = config.whole("max_position_embeddings", 8192);
    const types = layerTypesOf(config, model.layers, (layer) =>
      layer % 2 === 0 ? "sliding_attention" : "full_attention",
    );
    return {
      model: { ...model, ...windowOption(config.nullableWhole("sliding_window", 4096), types) },
      encoding: rotaryEncoding(config, { model, contextLength }, options),
      contextLength,
      tensors: doubleNormTensors,
    };
  },
};

export const gemma3: DecoderFamily = {
  name: "Gemma 3",
  modelType: "gemma3_text",
  architectures: ["Gemma3ForCausalLM", "Gemma3TextModel"],
  prefix: "model.",
  buffers: rotaryBuffers,
  harmless: ["hidden_act"],
  read(config, options) {
    const own = doubleNormModel(config, {});
    const model: TransformerOptions = {
      ...own,
      vocab: config.whole("vocab_size", 262208),
      queryKeyNorm: true,
    };
    const contextLength = config.whole("max_position_embeddings", 131072);
    const every = config.wholeOf(["_sliding_window_pattern", "sliding_window_pattern"], 6);
    const types = layerTypesOf(config, model.layers, (layer) =>
      (layer + 1) % every === 0 ? "full_attention" : "sliding_attention",
    );
    return {
      model: { ...model, ...windowOption(config.nullableWhole("sliding_window", 4096), types) },
      encoding: rotaryEncoding(config, { model, contextLength, types }, options),
      contextLength,
      tensors: doubleNormTensors,
    };
  },
};
