/**
 * SmolLM3: Llama with layers that do not rotate.
 *
 * Reference:  transformers 5.23, models/smollm3/configuration_smollm3.py and modeling_smollm3.py
 *
 * @module
 */
import type { DecoderFamily } from "./family.ts";
import { llamaModel, llamaTensors, rotaryBuffers } from "./llama.ts";
import { rotaryEncoding } from "./rotary.ts";

export const smollm3: DecoderFamily = {
  name: "SmolLM3",
  modelType: "smollm3",
  architectures: ["SmolLM3ForCausalLM", "SmolLM3Model"],
  prefix: "model.",
  buffers: rotaryBuffers,
  // Without windows all layers see the whole text.
  harmless: ["pretraining_tp", "layer_types", "sliding_window", "max_window_layers"],
  read(config, options) {
    const sizes = { vocab: 128256, model: 2048, hidden: 11008, layers: 36, heads: 16 };
    const own = llamaModel(config, { ...sizes, keyValueHeads: 4, tiedHead: true });
    config.accept("use_sliding_window", [false], "and layers without rotation would have windows");
    const attention = config.flag("attention_bias", false);
    const contextLength = config.whole("max_position_embeddings", 32768);
    return {
      model: {
        ...own,
        biases: {
          ...{ query: attention, key: attention, value: attention, output: attention },
          feedForward: config.flag("mlp_bias", false),
        },
      },
      encoding: rotaryEncoding(config, { model: own, contextLength }, options),
      contextLength,
      tensors: llamaTensors,
    };
  },
};
