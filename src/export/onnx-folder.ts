/**
 * The folder of an ONNX model as transformers.js 4 opens it.
 *
 *     config.json  generation_config.json  tokenizer.json  tokenizer_config.json  onnx/model.onnx  onnx/model.onnx_data
 *
 * Positions are computed in the graph, so any encoding goes by the name of a model type that programs know: Llama.
 *
 * Reference:  transformers.js 4.3.1, src/configs.js, src/models/session.js, src/models/modeling_utils.js
 *
 * @module
 */
import path from "node:path";
import { copyFiles } from "../files/copy-files.ts";
import { makeFolder, readJson, writeAtomically } from "../files/files.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import { endTokensOf } from "../families/end-tokens.ts";
import type { ModelRun } from "../runs/run-document.ts";
import { decoderGraph } from "./decoder-graph.ts";
import { isPretrained, lengthOf } from "./export-source.ts";
import type { Exportable } from "./export-source.ts";
import { onnxModel } from "./onnx-model.ts";
import { json, tokenizerFilesOf } from "./tokenizer-files.ts";
import { writeParts } from "./write-parts.ts";

/** Weights of more bytes than this are in a file beside the model: writers and readers of one file need it several times. */
export const externalBytes = 2 ** 29;

const generationName = "generation_config.json";
const modelName = "model.onnx";

/**
 * Makes the folder's files, of which nothing is written before the model is known to have the format.
 *
 * @param limit bytes of weights above which they are in a file beside the model
 * @returns writes them into a folder
 * @throws {InputError} the encoding does not fit the format
 */
export async function onnxFolder(
  source: Exportable,
  limit = externalBytes,
): Promise<(folder: string, signal?: AbortSignal) => Promise<void>> {
  const tokenizer = await tokenizerFilesOf(source, true);
  const { padding, written, copied } = tokenizer;
  const graph = decoderGraph(source.model, padding);
  const external = weightBytes(source) > limit;
  const generation = await generationConfiguration(source, padding);
  const externalName = external ? `${modelName}_data` : undefined;
  const texts: Readonly<Record<string, string>> = {
    "config.json": json(configuration(source, generation, external)),
    [generationName]: json(generation),
    ...written,
  };
  return async (folder, signal) => {
    for (const [name, text] of Object.entries(texts))
      await writeAtomically(path.join(folder, name), text);
    if (source.folder !== undefined) await copyFiles(source.folder, folder, copied, signal);
    const place = path.join(folder, "onnx");
    await makeFolder(place);
    const files = onnxModel(source, graph, { externalName });
    if (externalName !== undefined)
      await writeParts(path.join(place, externalName), files.external, signal);
    signal?.throwIfAborted();
    await writeAtomically(path.join(place, modelName), files.model);
  };
}

function weightBytes({ model }: Exportable): number {
  return model.parameters.specs.reduce(
    (sum, { shape }) => sum + 4 * shape.reduce((product, size) => product * size, 1),
    0,
  );
}

type Values = Readonly<Record<string, unknown>>;

/** What programs read of sizes and token ids. */
function configuration(source: Exportable, generation: Values, external: boolean): object {
  const { model, family } = source;
  const { vocab, model: width, hidden, layers, heads, headDim, keyValueHeads } = model.config;
  const length = lengthOf(source);
  const ids = ["bos_token_id", "eos_token_id", "pad_token_id"] as const;
  return {
    ...{ model_type: "llama", architectures: ["LlamaForCausalLM"] },
    ...{ vocab_size: vocab, hidden_size: width, intermediate_size: hidden },
    ...{ num_hidden_layers: layers, num_attention_heads: heads },
    ...{ num_key_value_heads: keyValueHeads, head_dim: headDim },
    ...(length !== undefined && { max_position_embeddings: length }),
    tie_word_embeddings: model.config.tiedHead,
    ...Object.fromEntries(ids.flatMap((id) => (id in generation ? [[id, generation[id]]] : []))),
    // In browsers the default is a quantised model, which the folder does not have.
    "transformers.js_config": {
      dtype: "fp32",
      ...(external && { use_external_data_format: { [modelName]: 1 } }),
    },
    // What the model is: its graph holds this encoding, whatever the model type says.
    relpos: { encoding: model.encoding.id, ...(family !== undefined && { family }) },
  };
}

/** That of a pretrained model, or its token ids; of a run the id of padding. */
async function generationConfiguration(
  source: Exportable,
  padding: number | undefined,
): Promise<Values> {
  if (!isPretrained(source)) {
    const ends = (source.configuration as ModelRun | undefined)?.source?.endTokens ?? [];
    return {
      ...(ends.length > 0 && { eos_token_id: ends.length > 1 ? ends : ends[0] }),
      ...(padding !== undefined && { do_sample: false, pad_token_id: padding }),
    };
  }
  const { folder, configuration: values, model } = source;
  const own = (await namesIn(folder)).has(generationName)
    ? ((await readJson(fileIn(folder, generationName))) as Values)
    : {};
  const ids = (["bos_token_id", "eos_token_id", "pad_token_id"] as const).flatMap((id) => {
    const value = own[id] ?? values[id];
    // Some files name ids of another tokenizer.
    const within = endTokensOf([{ eos_token_id: value }], model.config.vocab);
    return value == null || within.length === 0 ? [] : [[id, value] as const];
  });
  return { ...own, ...Object.fromEntries(ids) };
}
