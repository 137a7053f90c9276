/**
 * `config.json` of an encoder as an ONNX folder has it: its own keys. An encoder that is of no family goes by the type BERT.
 *
 * @module
 */
import { encoderFamilies } from "../families/index.ts";
import type { ExportableEncoder } from "./export-source.ts";
import { ownConfiguration } from "./onnx-configuration.ts";
import type { Values } from "./onnx-configuration.ts";

/**
 * What programs read of an encoder.
 *
 * @param options what `fileOptions` of `onnx-types.ts` says of the files
 */
export function encoderConfiguration(source: ExportableEncoder, options: Values): Values {
  const { model, head, family } = source;
  const { vocab, model: width, layers, heads, hidden, segments } = model.config;
  const known = encoderFamilies.find(({ name }) => name === family) ?? encoderFamilies[0]!;
  return {
    ...{ vocab_size: vocab, hidden_size: width, num_hidden_layers: layers },
    ...{ num_attention_heads: heads, intermediate_size: hidden },
    ...(segments > 0 && { type_vocab_size: segments }),
    ...ownConfiguration(source),
    model_type: known.modelType,
    // The first has the head for masked tokens, the last has none.
    architectures: [head ? known.architectures[0] : known.architectures.at(-1)],
    ...options,
    relpos: { encoding: model.encoding.id, ...(family !== undefined && { family }) },
  };
}
