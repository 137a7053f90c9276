/**
 * The folder of a model as Hugging Face's transformers opens it, versions 4 and 5.
 *
 *     config.json  generation_config.json  model.safetensors (or parts with an index)  tokenizer.json  tokenizer_config.json
 *
 * A pretrained model keeps its configuration; a model that was trained here gets that of the first family that has it.
 *
 * @module
 */
import path from "node:path";
import { InputError } from "../errors.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import { extensionOf } from "../families/extension-record.ts";
import { Configuration } from "../families/configuration.ts";
import type { DecoderDescription, DecoderFamily } from "../families/family.ts";
import { decoderFamilies } from "../families/index.ts";
import { readFamily } from "../families/read-family.ts";
import { copyFiles } from "../files/copy-files.ts";
import { readBytes, writeAtomically } from "../files/files.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { ModelRun } from "../runs/run-document.ts";
import { isPretrained, lengthOf } from "./export-source.ts";
import type { Exportable } from "./export-source.ts";
import { weightTypes } from "./formats.ts";
import type { WeightType } from "./formats.ts";
import { textWithNumbers } from "./kept-numbers.ts";
import { matchingFamily } from "./matching-family.ts";
import { inBothStyles } from "./rope-styles.ts";
import { storedWeights } from "./stored-weights.ts";
import { tokenizerFilesOf } from "./tokenizer-files.ts";
import { writeShards } from "./write-shards.ts";

/** How weights are written. */
export interface WeightOptions {
  /** Default: as the configuration says; float32 where it says nothing. */
  readonly dtype?: WeightType | undefined;
  /** Bytes of one file of weights at most, but for a larger tensor. */
  readonly shardBytes: number;
}

/** What a folder will hold. */
export interface TransformersFolder {
  /** The family, as "Llama". */
  readonly family: string;
  readonly dtype: WeightType;
  /** Writes it into a folder. */
  readonly write: (folder: string, signal?: AbortSignal) => Promise<void>;
}

interface Target {
  readonly family: DecoderFamily;
  readonly values: ConfigurationValues;
  readonly description: DecoderDescription;
  readonly model: LanguageModel;
}

/** Files beside weights and tokenizer that a pretrained model keeps. */
const kept = /^(generation_config\.json|(LICENSE|LICENCE|NOTICE|USE_POLICY)(\.\w+)?)$/i;

/**
 * Makes the folder's files.
 *
 * @throws {InputError} no family has the model
 */
export async function transformersFolder(
  source: Exportable,
  { dtype, shardBytes }: WeightOptions,
): Promise<TransformersFolder> {
  const target = isPretrained(source) ? pretrained(source) : trainedHere(source);
  const type = dtype ?? typeOf(target.values);
  const values = {
    ...inBothStyles(target.family, target.values, target.description),
    ...{ architectures: [target.family.architectures[0]], dtype: type, torch_dtype: type },
    ...endingOf(source),
  };
  const { written, copied } = await tokenizerFilesOf(source, false);
  const others = isPretrained(source)
    ? [...(await namesIn(source.folder))].filter((name) => kept.test(name))
    : [];
  const original = isPretrained(source)
    ? new TextDecoder().decode(await readBytes(fileIn(source.folder, "config.json")))
    : undefined;
  const tensors = storedWeights({
    ...{ family: target.family, specs: target.model.parameters.specs, type },
    ...{ tensors: target.description.tensors, weights: source.weights },
  });
  return {
    ...{ family: target.family.name, dtype: type },
    async write(folder, signal) {
      for (const [name, text] of Object.entries(written))
        await writeAtomically(path.join(folder, name), text);
      if (source.folder !== undefined)
        await copyFiles(source.folder, folder, [...copied, ...others], signal);
      await writeShards(folder, tensors, shardBytes, signal);
      // Last: without it the folder is no model.
      await writeAtomically(path.join(folder, "config.json"), textWithNumbers(values, original));
    },
  };
}

/** The configuration of the folder, which transformers must understand as it is. */
function pretrained(source: Exportable & { readonly folder: string }): Target {
  const { folder, model } = source;
  const values = source.configuration as ConfigurationValues;
  const file = fileIn(folder, "config.json");
  const record = extensionOf(new Configuration(values, file));
  if (record?.readBy === "relpos")
    throw new InputError(
      `export: ${folder} was extended by ${record.method}, which no configuration of transformers can say. ` +
        `The format onnx takes it as it is.`,
    );
  const { family, description } = readFamily(decoderFamilies, values, file);
  return { family, values, description, model };
}

function trainedHere({ model, configuration }: Exportable): Target {
  const id = (configuration as ModelRun | undefined)?.encoding.id ?? model.encoding.id;
  const file = (configuration as ModelRun | undefined)?.encoding.file;
  if (file !== undefined)
    throw new InputError(
      `export: no family of transformers has the encoding of ${file.path}. ` +
        `The format onnx takes any encoding whose cache is keys and values.`,
    );
  const length = lengthOf({ model, weights: new Map(), ...(configuration && { configuration }) });
  return matchingFamily(model, id, length ?? 2048);
}

/** Token ids of a run: those that end texts, where it was trained from a model that has them. Classes have others by default. */
function endingOf(source: Exportable): ConfigurationValues {
  if (isPretrained(source)) return {};
  const ids = (source.configuration as ModelRun | undefined)?.source?.endTokens ?? [];
  const end = ids.length > 1 ? ids : (ids[0] ?? null);
  return { bos_token_id: null, eos_token_id: end, pad_token_id: null };
}

function typeOf(values: ConfigurationValues): WeightType {
  const said = values["dtype"] ?? values["torch_dtype"];
  return weightTypes.find((type) => type === said) ?? "float32";
}
