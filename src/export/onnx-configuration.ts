/**
 * `config.json` and `generation_config.json` of a decoder-only model as an ONNX folder has them.
 *
 * Reference:  transformers.js 4.3.1, src/configs.js
 *
 * @module
 */
import type { ConfigurationValues } from "../families/configuration.ts";
import { endTokensOf } from "../families/end-tokens.ts";
import { generationName } from "../families/load-checkpoint.ts";
import { readJson } from "../files/files.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import type { ModelRun } from "../runs/run-document.ts";
import { isPretrained, lengthOf } from "./export-source.ts";
import type { Exportable, ExportableDecoder } from "./export-source.ts";

/** Keys of JSON, and their values. */
export type Values = ConfigurationValues;

/** What the `config.json` of a pretrained model holds, but for the type of its weights; nothing of another model. */
export function ownConfiguration(source: Exportable): ConfigurationValues {
  const values = isPretrained(source) ? source.configuration : {};
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => key !== "dtype" && key !== "torch_dtype"),
  );
}

/** The keys of token ids that a configuration repeats. */
export function idsIn(generation: Values, names: readonly string[]): Values {
  return Object.fromEntries(
    names.flatMap((id) => (id in generation ? [[id, generation[id]]] : [])),
  );
}

/** What the `generation_config.json` of a folder holds; nothing where there is none. */
export async function ownGeneration({ folder }: Pick<Exportable, "folder">): Promise<Values> {
  return folder !== undefined && (await namesIn(folder)).has(generationName)
    ? ((await readJson(fileIn(folder, generationName))) as Values)
    : {};
}

/**
 * What programs read of sizes and token ids.
 *
 * @param options what `fileOptions` of `onnx-types.ts` says of the files
 */
export function decoderConfiguration(
  source: ExportableDecoder,
  generation: Values,
  options: Values,
): Values {
  const { model, family } = source;
  const { vocab, model: width, hidden, layers, heads, headDim, keyValueHeads } = model.config;
  const length = lengthOf(source);
  return {
    ...{ model_type: "llama", architectures: ["LlamaForCausalLM"] },
    ...{ vocab_size: vocab, hidden_size: width, intermediate_size: hidden },
    ...{ num_hidden_layers: layers, num_attention_heads: heads },
    ...{ num_key_value_heads: keyValueHeads, head_dim: headDim },
    ...(length !== undefined && { max_position_embeddings: length }),
    tie_word_embeddings: model.config.tiedHead,
    ...idsIn(generation, ["bos_token_id", "eos_token_id", "pad_token_id"]),
    ...options,
    // What the model is: its graph holds this encoding, whatever the model type says.
    relpos: { encoding: model.encoding.id, ...(family !== undefined && { family }) },
  };
}

/** That of a pretrained model, or its token ids; of a run the id of padding. */
export async function decoderGeneration(
  source: ExportableDecoder,
  padding: number | undefined,
): Promise<Values> {
  const { symbols } = source;
  if (symbols !== undefined) return symbolGeneration(symbols, padding);
  if (!isPretrained(source)) {
    const ends = (source.configuration as ModelRun | undefined)?.source?.endTokens ?? [];
    return {
      ...(ends.length > 0 && { eos_token_id: ends.length > 1 ? ends : ends[0] }),
      ...(padding !== undefined && { do_sample: false, pad_token_id: padding }),
    };
  }
  const { configuration: values, model } = source;
  const own = await ownGeneration(source);
  const ids = (["bos_token_id", "eos_token_id", "pad_token_id"] as const).flatMap((id) => {
    const value = own[id] ?? values[id];
    // Some files name ids of another tokenizer.
    const within = endTokensOf([{ eos_token_id: value }], model.config.vocab);
    return value == null || within.length === 0 ? [] : [[id, value] as const];
  });
  return { ...own, ...Object.fromEntries(ids) };
}

/** The token ids of a run of pairs. */
export function symbolGeneration(
  { begin, end }: NonNullable<Exportable["symbols"]>,
  padding: number | undefined,
): Values {
  return {
    ...{ do_sample: false, bos_token_id: begin, eos_token_id: end, suppress_tokens: [begin] },
    ...(padding !== undefined && { pad_token_id: padding }),
  };
}
