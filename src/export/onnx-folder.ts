/**
 * The folder of an ONNX model as transformers.js 4 opens it.
 *
 *     config.json  generation_config.json  tokenizer.json  tokenizer_config.json
 *     onnx/model.onnx                                             of a decoder-only model, or of an encoder
 *     onnx/encoder_model.onnx  onnx/decoder_model_merged.onnx     of an encoder-decoder
 *
 * and `onnx/….onnx_data` beside a model that has many weights. Weights in float16 are cast to float32 by the model; those in int8
 * and int4 are those of `quantised`. The file is then `model_fp16.onnx`, `model_quantized.onnx` or `model_q4.onnx`. Positions are computed in the graph, so any encoding goes by
 * the name of a model type that programs know: Llama, or T5.
 *
 * Reference:  transformers.js 4.3.1, src/configs.js, src/models/session.js, src/models/modeling_utils.js
 *
 * @module
 */
import path from "node:path";
import { generationName } from "../families/load-checkpoint.ts";
import { copyFiles } from "../files/copy-files.ts";
import { makeFolder, writeAtomically } from "../files/files.ts";
import { decoderGraph } from "./decoder-graph.ts";
import { encoderConfiguration } from "./encoder-configuration.ts";
import { encoderModelGraph } from "./encoder-graph.ts";
import type { ExportGraph } from "./export-graph.ts";
import { isEncoder, isPair } from "./export-source.ts";
import type { Exportable } from "./export-source.ts";
import type { OnnxType } from "./formats.ts";
import { decoderConfiguration, decoderGeneration } from "./onnx-configuration.ts";
import type { Values } from "./onnx-configuration.ts";
import { fileOptions, fileSuffix, withType } from "./onnx-types.ts";
import { onnxModel, parametersRead } from "./onnx-model.ts";
import { pairConfiguration, pairGeneration } from "./pair-configuration.ts";
import { encoderGraph, refusePair, targetGraph } from "./pair-graph.ts";
import { json, tokenizerFilesOf } from "./tokenizer-files.ts";
import { writeParts } from "./write-parts.ts";

/** Weights of more bytes than this are in a file beside the model: writers and readers of one file need it several times. */
export const externalBytes = 2 ** 29;

/** A file of the folder `onnx`. */
interface ModelFile {
  readonly name: string;
  readonly graph: ExportGraph;
}

/** What a folder holds of a model. */
interface FolderParts {
  readonly models: readonly ModelFile[];
  /** What `generation_config.json` holds; undefined: there is none. */
  readonly generation: Values | undefined;
  /** @param options what `fileOptions` says of the files */
  readonly configuration: (options: Values) => Values;
}

/**
 * Makes the folder's files, of which nothing is written before the model is known to have the format.
 *
 * @param limit bytes of weights of a model above which they are in a file beside it
 * @returns writes them into a folder
 * @throws {InputError} the encoding does not fit the format
 */
export async function onnxFolder(
  given: Exportable,
  type: OnnxType = "float32",
  limit = externalBytes,
): Promise<(folder: string, signal?: AbortSignal) => Promise<void>> {
  const source = withType(given, type);
  const { padding, written, copied } = await tokenizerFilesOf(source, true);
  const { models, generation, configuration } = await partsOf(source, padding, fileSuffix(type));
  const stored = type === "float16" ? type : "float32";
  const large = models.filter(({ graph }) => weightBytes(source, graph, stored) > limit);
  const texts: Readonly<Record<string, string>> = {
    "config.json": json(
      configuration(
        fileOptions(
          type,
          large.map(({ name }) => name),
        ),
      ),
    ),
    ...(generation && { [generationName]: json(generation) }),
    ...written,
  };
  return async (folder, signal) => {
    for (const [name, text] of Object.entries(texts))
      await writeAtomically(path.join(folder, name), text);
    if (source.folder !== undefined) await copyFiles(source.folder, folder, copied, signal);
    const place = path.join(folder, "onnx");
    await makeFolder(place);
    for (const model of models) {
      const { name, graph } = model;
      const externalName = large.includes(model) ? `${name}_data` : undefined;
      const files = onnxModel(source, graph, { externalName, type: stored });
      if (externalName !== undefined)
        await writeParts(path.join(place, externalName), files.external, signal);
      signal?.throwIfAborted();
      await writeAtomically(path.join(place, name), files.model);
    }
  };
}

async function partsOf(
  source: Exportable,
  padding: number | undefined,
  suffix: string,
): Promise<FolderParts> {
  if (isEncoder(source)) {
    const graph = encoderModelGraph(source, padding);
    return {
      ...{ models: [{ name: `model${suffix}.onnx`, graph }], generation: undefined },
      configuration: (options) => encoderConfiguration(source, options),
    };
  }
  if (!isPair(source)) {
    const graph = decoderGraph(source.model, padding);
    const generation = await decoderGeneration(source, padding);
    return {
      ...{ models: [{ name: `model${suffix}.onnx`, graph }], generation },
      configuration: (options) => decoderConfiguration(source, generation, options),
    };
  }
  const { model } = source;
  refusePair(model);
  const generation = await pairGeneration(source, padding);
  return {
    models: [
      { name: `encoder_model${suffix}.onnx`, graph: encoderGraph(model, padding) },
      { name: `decoder_model_merged${suffix}.onnx`, graph: targetGraph(model, padding) },
    ],
    generation,
    configuration: (options) => pairConfiguration(source, generation, options),
  };
}

function weightBytes(
  { model }: Exportable,
  graph: ExportGraph,
  type: "float32" | "float16",
): number {
  const width = type === "float16" ? 2 : 4;
  return parametersRead(model, graph).reduce(
    (sum, { shape }) => sum + width * shape.reduce((product, size) => product * size, 1),
    0,
  );
}
