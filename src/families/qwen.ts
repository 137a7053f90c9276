/**
 * Qwen2, with biases of queries, keys and values, and Qwen3, with norms of queries and keys.
 *
 * Reference:  transformers 5.23, models/qwen2 and models/qwen3
 *
 * @module
 */
import type { TransformerOptions } from "../model/config.ts";
import type { Configuration } from "./configuration.ts";
import type { DecoderFamily } from "./family.ts";
import { llamaModel, llamaTensors, rotaryBuffers } from "./llama.ts";
import { rotaryEncoding } from "./rotary.ts";
import { plain } from "./tensor-source.ts";
import { layerTypesOf, windowOption } from "./windows.ts";

const sizes = { vocab: 151936, model: 4096, hidden: 22016, layers: 32, heads: 32 };

/** Windows in the last layers, if any. */
function windowsOf(config: Configuration, layers: number): Pick<TransformerOptions, "window"> {
  config.accept("use_mrope", [false], "so positions have axes");
  const used = config.flag("use_sliding_window", false);
  const size = config.nullableWhole("sliding_window", 4096);
  const first = config.count("max_window_layers", 28);
  const has = used && size !== undefined;
  const types = layerTypesOf(config, layers, (layer) =>
    has && layer >= first ? "sliding_attention" : "full_attention",
  );
  return windowOption(has ? size : undefined, types);
}

export const qwen2: DecoderFamily = {
  name: "Qwen2",
  modelType: "qwen2",
  architectures: ["Qwen2ForCausalLM", "Qwen2Model"],
  prefix: "model.",
  buffers: rotaryBuffers,
  read(config, options) {
    const own = llamaModel(config, { ...sizes, keyValueHeads: 32 });
    const biases = { query: true, key: true, value: true };
    const contextLength = config.whole("max_position_embeddings", 32768);
    return {
      model: { ...own, biases, ...windowsOf(config, own.layers) },
      encoding: rotaryEncoding(config, { model: own, contextLength }, options),
      contextLength,
      tensors: llamaTensors,
    };
  },
};

export const qwen3: DecoderFamily = {
  name: "Qwen3",
  modelType: "qwen3",
  architectures: ["Qwen3ForCausalLM", "Qwen3Model"],
  prefix: "model.",
  buffers: rotaryBuffers,
  read(config, options) {
    const own = llamaModel(config, { ...sizes, keyValueHeads: 32, headDim: 128 });
    const bias = config.flag("attention_bias", false);
    const biases = { query: bias, key: bias, value: bias, output: bias };
    const contextLength = config.whole("max_position_embeddings", 32768);
    return {
      model: { ...own, biases, queryKeyNorm: true, ...windowsOf(config, own.layers) },
      encoding: rotaryEncoding(config, { model: own, contextLength }, options),
      contextLength,
      tensors: {
        ...llamaTensors,
        "blocks.*.attention.queryNorm": plain("layers.*.self_attn.q_norm"),
        "blocks.*.attention.keyNorm": plain("layers.*.self_attn.k_norm"),
      },
    };
  },
};
