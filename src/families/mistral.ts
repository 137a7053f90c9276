/**
 * Mistral: Llama with a window in every layer.
 *
 * Reference:  transformers 5.23, models/mistral/configuration_mistral.py and modeling_mistral.py
 *
 * @module
 */
import type { DecoderFamily } from "./family.ts";
import { llamaModel, llamaTensors, rotaryBuffers } from "./llama.ts";
import { rotaryEncoding } from "./rotary.ts";
import { windowOption } from "./windows.ts";

export const mistral: DecoderFamily = {
  name: "Mistral",
  modelType: "mistral",
  architectures: ["MistralForCausalLM", "MistralModel"],
  prefix: "model.",
  buffers: rotaryBuffers,
  read(config, options) {
    const model = llamaModel(config, {
      ...{ vocab: 32000, model: 4096, hidden: 14336, layers: 32, heads: 32, keyValueHeads: 8 },
    });
    const contextLength = config.whole("max_position_embeddings", 131072);
    return {
      model: { ...model, ...windowOption(config.nullableWhole("sliding_window", 4096)) },
      encoding: rotaryEncoding(config, { model, contextLength }, options),
      contextLength,
      tensors: llamaTensors,
    };
  },
};
