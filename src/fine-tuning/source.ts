/**
 * The model that a run goes on from: of a pretrained folder, of one that `extend` wrote, or of a run.
 *
 * @module
 */
import path from "node:path";
import { readTokenizerFile } from "../data/tokenizer-files.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { nameOf } from "../encodings/compose/composition.ts";
import { encodingById } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { asInputError, InputError } from "../errors.ts";
import { decoderFamilies } from "../families/index.ts";
import type { AdapterLayout } from "../families/adapter-layout.ts";
import { isCheckpoint, loadCheckpoint } from "../families/load-checkpoint.ts";
import { readFamily } from "../families/read-family.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import type { TransformerConfig } from "../model/config.ts";
import type { Weights } from "../parameters/weights.ts";
import { encodingLengthOf, openRun } from "../runs/open-run.ts";
import { recordedEncoding } from "../runs/recorded-encoding.ts";
import type { RecordedEncoding, RecordedSource } from "../runs/run-document.ts";
import { runFileName } from "../runs/run-file.ts";
import { tokenizerFileName } from "../runs/run-tokenizer.ts";
import { sourceFiles } from "./source-files.ts";

/** A model to go on from. */
export interface FineTuneSource {
  readonly folder: string;
  readonly config: TransformerConfig;
  readonly definition: EncodingDefinition;
  readonly encoding: RecordedEncoding;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  /** The text of the tokenizer's file, if it has one. */
  readonly tokenizerDocument: string | undefined;
  /** The longest text that the model was made for; Infinity where nothing says it. */
  readonly length: number;
  /** Whether longer texts need other positions first. */
  readonly rotary: boolean;
  readonly record: RecordedSource;
  /** Where its weights are in files of transformers; undefined for a run. */
  readonly layout: AdapterLayout | undefined;
}

/** The train length that an encoding is made for where a configuration names none, as the loader has it. */
const longestEncoding = 2 ** 20;

/**
 * Opens the model of a folder.
 *
 * @param trainLength of the run, for rotary rules that depend on it
 * @throws {InputError} it is no model that can be trained on, or has no tokenizer
 * @throws {RunError} a file is damaged
 */
export async function openSource(
  folder: string,
  trainLength: number | undefined,
): Promise<FineTuneSource> {
  return (await isCheckpoint(folder))
    ? await pretrainedSource(folder, trainLength)
    : await runSource(folder);
}

async function pretrainedSource(
  folder: string,
  textLength: number | undefined,
): Promise<FineTuneSource> {
  const file = fileIn(folder, "config.json");
  const options = textLength === undefined ? {} : { textLength };
  const loaded = await loadCheckpoint(folder, options);
  const { tokenizer, weights, contextLength, beginTokens, endTokens, family } = loaded;
  if (tokenizer === undefined)
    throw new InputError(
      `${folder} has no tokenizer.json, which training on a text needs. Copy or download it.`,
    );
  const read = readFamily(decoderFamilies, loaded.configuration, file, options);
  const { description } = read;
  const { encoding } = description;
  const { document } = await readTokenizerFile(fileIn(folder, "tokenizer.json"));
  // In the form that every text of this encoding comes to, which the run's document holds.
  const definition = asInputError(() => encodingById(nameOf(encoding)), `${file}: `);
  return {
    ...{ folder, weights, tokenizer, definition },
    layout: { prefix: read.family.prefix, tensors: description.tensors },
    config: loaded.model.config,
    encoding: { id: definition.id },
    tokenizerDocument: document,
    length: contextLength,
    rotary: "layers" in encoding && encoding.layers.some((layer) => layer.extends),
    record: {
      path: folder,
      files: await sourceFiles(folder),
      family,
      encodingLength: Math.min(description.contextLength, longestEncoding),
      ...(beginTokens.length > 0 && { beginTokens }),
      ...(endTokens.length > 0 && { endTokens }),
    },
  };
}

async function runSource(folder: string): Promise<FineTuneSource> {
  const names = await namesIn(folder);
  if (!names.has(runFileName))
    throw new InputError(
      `${folder} has no model to go on from: it has neither a config.json nor a ${runFileName}. ` +
        `Give the folder of a pretrained model, or of a run of relpos train.`,
    );
  const { tokenizer, configuration, model, weights } = await openRun(folder);
  if (tokenizer === undefined)
    throw new InputError(
      `${folder} was trained on a task, whose symbols are no text. Give a run that was trained on text.`,
    );
  const { encoding, source } = configuration;
  const document =
    tokenizer.config.id === "file"
      ? (await readTokenizerFile(path.join(folder, tokenizerFileName))).document
      : undefined;
  const { beginTokens, endTokens, family } = source ?? {};
  return {
    ...{ folder, weights, tokenizer, encoding },
    config: model.config,
    definition: await recordedEncoding(encoding, path.join(folder, runFileName)),
    tokenizerDocument: document,
    length: configuration.trainLength,
    rotary: false,
    layout: undefined,
    record: {
      path: folder,
      files: await sourceFiles(folder),
      ...(family !== undefined && { family }),
      encodingLength: encodingLengthOf(configuration),
      ...(beginTokens && { beginTokens }),
      ...(endTokens && { endTokens }),
    },
  };
}
