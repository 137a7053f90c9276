/**
 * A pretrained model from a folder as Hugging Face's libraries write it: `config.json`, `model.safetensors` or its shards,
 * and, where they are there, `tokenizer.json` and `generation_config.json`.
 *
 *     const model = await loadCheckpoint("models/tiny-llama")
 *     for await (const { text } of generate(model, ["Call me"])) process.stdout.write(text)
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { readTokenizerFile } from "../data/tokenizer-files.ts";
import { asInputError, InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { readJson } from "../files/files.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import { transformerConfig } from "../model/config.ts";
import type { TransformerConfig } from "../model/config.ts";
import { withConstants } from "../model/quantised-model.ts";
import type { TrainedModel, Weights } from "../model/trained-model.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { ConfigurationValues } from "./configuration.ts";
import { endTokensOf } from "./end-tokens.ts";
import { extendedLength } from "./extension-record.ts";
import type { DecoderDescription, Family, ReadOptions } from "./family.ts";
import { decoderFamilies } from "./index.ts";
import { readFamily } from "./read-family.ts";
import { withAdapterOf } from "./read-adapter.ts";
import { readWeights } from "./read-weights.ts";
import type { TensorMap } from "./tensor-source.ts";
import { openTensors } from "./weight-files.ts";

/** What the folder of a pretrained model says beside its model. */
export interface CheckpointFacts {
  readonly folder: string;
  /** The family's name, as "Llama". */
  readonly family: string;
  /** undefined where the folder has no `tokenizer.json`. */
  readonly tokenizer: Tokenizer | undefined;
  /** What `config.json` holds. */
  readonly configuration: ConfigurationValues;
  /** The most tokens of a text by the configuration; Infinity where it names none. Longer texts are computed all the same. */
  readonly contextLength: number;
  /** Token ids that begin a text, by `tokenizer.json`: prompts that are text get them. */
  readonly beginTokens: readonly number[];
  /** Token ids that end a text, by `generation_config.json` or `config.json`. */
  readonly endTokens: readonly number[];
}

/** A pretrained decoder. */
export interface LoadedCheckpoint extends TrainedModel, CheckpointFacts {}

/** How a checkpoint is loaded. */
export interface LoadOptions extends ReadOptions {
  /** Folder of an adapter in PEFT's format, whose products are added to the weights. Default: none. */
  readonly adapter?: string | undefined;
}

const optionNames: NamesOf<LoadOptions> = { textLength: true, adapter: true };
const configName = "config.json";
const tokenizerName = "tokenizer.json";
/** The file of what generation is set to. */
export const generationName = "generation_config.json";

/**
 * Loads a pretrained decoder, with an adapter where one is given. Its weights become float32.
 *
 * @throws {InputError} the folder has no configuration or no weights, its family is not known, a key of its configuration is
 *   not understood, its tensors are of another model, or its tokenizer does not fit
 * @throws {RunError} a file is damaged, a shard is missing, or a weight is no finite number
 */
export async function loadCheckpoint(
  folder: string,
  options: LoadOptions = {},
): Promise<LoadedCheckpoint> {
  refuseUnknownNames("loadCheckpoint", options, optionNames, (message) => new InputError(message));
  const { adapter, ...rest } = options;
  const loaded = await loadFamily(folder, decoderFamilies, rest, decoderOf);
  if (adapter === undefined) return loaded;
  const { model, weights, configuration } = loaded;
  const file = fileIn(folder, configName);
  const { family, description } = readFamily(decoderFamilies, configuration, file, rest);
  const layout = { prefix: family.prefix, tensors: description.tensors };
  const { parameters } = model;
  return { ...loaded, weights: await withAdapterOf(adapter, { parameters, layout }, weights) };
}

/**
 * The model that a configuration describes.
 *
 * @throws {RangeError} its settings exclude each other
 */
export function decoderOf({ model, encoding, contextLength }: DecoderDescription): LanguageModel {
  const trainLength = Math.min(contextLength, longestTraining);
  const config = transformerConfig(model);
  return languageModel(config, encoding.definition, trainLength, encoding.options);
}

/** What the loader uses of a model. */
type Loadable = Pick<LanguageModel, "parameters"> & {
  readonly config: Pick<TransformerConfig, "vocab"> & Partial<Pick<TransformerConfig, "tiedHead">>;
};

/**
 * Loads a folder of one of some families.
 *
 * @throws as `loadCheckpoint` does
 */
export async function loadFamily<
  Description extends { readonly contextLength: number; readonly tensors: TensorMap },
  Model extends Loadable,
>(
  folder: string,
  families: readonly Family<Description>[],
  options: ReadOptions,
  build: (description: Description) => Model,
): Promise<CheckpointFacts & { readonly model: Model; readonly weights: Weights }> {
  const names = await namesIn(folder);
  if (!names.has(configName))
    throw new InputError(
      `${folder} has no ${configName}, so it is no checkpoint of transformers. Give the folder of one, or of a run.`,
    );
  const file = fileIn(folder, configName);
  const values = await readJson(file, "Copy or download it again.");
  const { family, description } = readFamily(families, values, file, options);
  const contextLength = extendedLength(values as ConfigurationValues) ?? description.contextLength;
  const { tensors } = description;
  const model = asInputError(() => build(description), `${file}: `);
  const opened = await openTensors(folder, names);
  try {
    const { specs } = model.parameters;
    const { tiedHead = false, vocab } = model.config;
    const tokenizer = await tokenizerOf(folder, names, model.config);
    const request = { family, specs, tensors, tiedHead, folder, store: opened.store };
    const configuration = values as ConfigurationValues;
    const generation = names.has(generationName)
      ? await readJson(fileIn(folder, generationName), "Copy or download it again.")
      : {};
    return {
      ...{ folder, model, configuration, contextLength },
      family: family.name,
      tokenizer,
      beginTokens: tokenizer?.around?.before ?? [],
      endTokens: endTokensOf([generation, configuration], vocab),
      weights: await readWeights(request),
    };
  } finally {
    await opened.close();
  }
}

/**
 * The same model for texts of a length, where its rotary positions follow from that (`dynamic`, `longrope`); weights are
 * shared.
 */
export function forTexts(checkpoint: LoadedCheckpoint, textLength: number): LoadedCheckpoint {
  const { configuration, folder } = checkpoint;
  const file = fileIn(folder, configName);
  const { description } = readFamily(decoderFamilies, configuration, file, { textLength });
  const model = asInputError(() => decoderOf(description), `${file}: `);
  return { ...checkpoint, model: withConstants(model, checkpoint.model.parameters.constants) };
}

/** Whether a folder has a pretrained model, and not a run of relpos. */
export async function isCheckpoint(folder: string): Promise<boolean> {
  const names = await namesIn(folder).catch(() => new Set<string>());
  return names.has(configName) && !names.has("run.json");
}

/** Whether a folder has a pretrained model of one of some families, by its `model_type`. */
export async function isOfFamilies(
  folder: string,
  families: readonly Pick<Family<unknown>, "modelType">[],
): Promise<boolean> {
  if (!(await isCheckpoint(folder))) return false;
  const values: unknown = await readJson(fileIn(folder, configName));
  if (typeof values !== "object" || values === null) return false;
  const { model_type: type } = values as { readonly model_type?: unknown };
  return families.some(({ modelType }) => modelType === type);
}

/** For an encoding that asks for the length of training where the configuration names none. */
export const longestTraining = 2 ** 20;

async function tokenizerOf(
  folder: string,
  names: ReadonlySet<string>,
  config: Loadable["config"],
): Promise<Tokenizer | undefined> {
  if (!names.has(tokenizerName)) return undefined;
  const file = fileIn(folder, tokenizerName);
  const { tokenizer } = await readTokenizerFile(file);
  const { vocab } = config;
  // Published BART has a mark behind its table, <mask>, which no source of a task has.
  const marks = "sourceVocab" in config ? (tokenizer.special ?? []) : [];
  if (tokenizer.vocab > vocab + marks.filter((id) => id >= vocab).length)
    throw new InputError(
      `${file} has token ids up to ${tokenizer.vocab - 1}, and the model's table of tokens has ${vocab} rows. ` +
        `Give the tokenizer that the model was trained with.`,
    );
  return tokenizer;
}
