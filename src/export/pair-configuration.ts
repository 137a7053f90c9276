/**
 * `config.json` and `generation_config.json` of an encoder-decoder as an ONNX folder has them. A pretrained model keeps its
 * keys; a model that was trained here goes by the type T5.
 *
 * Reference:  transformers.js 4.3.1, src/configs.js, src/models/modeling_utils.js
 *
 * @module
 */
import { pairFamilies } from "../families/index.ts";
import type { EncoderDecoderConfig } from "../model/encoder-decoder-config.ts";
import type { ExportablePair } from "./export-source.ts";
import { idsIn, ownConfiguration, ownGeneration, symbolGeneration } from "./onnx-configuration.ts";
import type { Values } from "./onnx-configuration.ts";

/** Sizes in the keys of T5 and mT5. */
function t5Sizes(config: EncoderDecoderConfig): Values {
  return {
    ...{ vocab_size: config.vocab, d_model: config.model, d_kv: config.headDim },
    ...{ d_ff: config.hidden, num_heads: config.heads },
    ...{ num_layers: config.encoderLayers, num_decoder_layers: config.decoderLayers },
    tie_word_embeddings: config.tiedHead,
  };
}

/** Sizes in the keys of BART and its relatives. */
function bartSizes(config: EncoderDecoderConfig): Values {
  const { heads, hidden } = config;
  return {
    ...{ vocab_size: config.vocab, d_model: config.model },
    ...{ encoder_layers: config.encoderLayers, decoder_layers: config.decoderLayers },
    ...{ encoder_attention_heads: heads, decoder_attention_heads: heads },
    ...{ encoder_ffn_dim: hidden, decoder_ffn_dim: hidden },
    tie_word_embeddings: config.tiedHead,
  };
}

/** The sizes of a model, also those that are the defaults of its class, which other programs do not know. */
export const pairSizes: Readonly<Record<string, (config: EncoderDecoderConfig) => Values>> = {
  ...{ t5: t5Sizes, mt5: t5Sizes, bart: bartSizes, marian: bartSizes },
  ...{ pegasus: bartSizes, blenderbot: bartSizes },
};

const idNames = [
  ...["bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id"],
  ...["forced_bos_token_id", "forced_eos_token_id"],
];

/**
 * What programs read of sizes and token ids.
 *
 * @param options what `fileOptions` of `onnx-types.ts` says of the files
 */
export function pairConfiguration(
  source: ExportablePair,
  generation: Values,
  options: Values,
): Values {
  const { model, family } = source;
  const own = pairFamilies.find(({ name }) => name === family)?.modelType ?? "t5";
  // It knows no Pegasus, whose keys are those of BART.
  const type = own === "pegasus" ? "bart" : own;
  const { architectures } = pairFamilies.find(({ modelType }) => modelType === type)!;
  const encodings = [model.encoder, model.decoder, model.cross].map(({ id }) => id);
  return {
    ...ownConfiguration(source),
    ...{ model_type: type, architectures: [architectures[0]], is_encoder_decoder: true },
    ...pairSizes[type]!(model.config),
    ...idsIn(generation, idNames),
    ...options,
    // What the model is: its graphs hold these encodings, whatever the model type says.
    relpos: {
      ...{ encoder: encodings[0], decoder: encodings[1], cross: encodings[2] },
      ...(family !== undefined && { family }),
    },
  };
}

/** That of a pretrained model with the ids that its class or its configuration says; of a run its symbols. */
export async function pairGeneration(
  source: ExportablePair,
  padding: number | undefined,
): Promise<Values> {
  const { symbols, targetTokens } = source;
  if (symbols !== undefined)
    return { ...symbolGeneration(symbols, padding), decoder_start_token_id: symbols.begin };
  const own = await ownGeneration(source);
  if (targetTokens === undefined) return own;
  const { begin, end, first, last, padding: ofText } = targetTokens;
  return {
    ...own,
    ...(begin !== undefined && { decoder_start_token_id: begin }),
    ...(end.length > 0 && { eos_token_id: end.length > 1 ? end : end[0] }),
    ...(ofText !== undefined && { pad_token_id: ofText }),
    ...(first !== undefined && { forced_bos_token_id: first }),
    ...(last !== undefined && { forced_eos_token_id: last }),
  };
}
