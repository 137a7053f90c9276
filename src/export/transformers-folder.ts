/**
 * The folder of a model as Hugging Face's transformers opens it, versions 4 and 5.
 *
 *     config.json  generation_config.json  model.safetensors (or parts with an index)  tokenizer.json  tokenizer_config.json
 *
 * @module
 */
import path from "node:path";
import type { ConfigurationValues } from "../families/configuration.ts";
import { generationName } from "../families/load-checkpoint.ts";
import { copyFiles } from "../files/copy-files.ts";
import { readBytes, writeAtomically } from "../files/files.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import type { ModelRun } from "../runs/run-document.ts";
import { isEncoder, isPair, isPretrained } from "./export-source.ts";
import type { Exportable } from "./export-source.ts";
import { floatTypes } from "./formats.ts";
import type { FloatType } from "./formats.ts";
import { textWithNumbers } from "./kept-numbers.ts";
import { storedWeights } from "./stored-weights.ts";
import { json, tokenizerFilesOf } from "./tokenizer-files.ts";
import { targetOf } from "./transformers-target.ts";
import type { TransformersTarget } from "./transformers-target.ts";
import { writeShards } from "./write-shards.ts";

/** How weights are written. */
export interface WeightOptions {
  /** Default: as the configuration says; float32 where it says nothing. */
  readonly dtype?: FloatType | undefined;
  /** Bytes of one file of weights at most, but for a larger tensor. */
  readonly shardBytes: number;
}

/** What a folder will hold. */
export interface TransformersFolder {
  /** The family, as "Llama". */
  readonly family: string;
  readonly dtype: FloatType;
  /** Writes it into a folder. */
  readonly write: (folder: string, signal?: AbortSignal) => Promise<void>;
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
  const target = targetOf(source);
  const type = dtype ?? typeOf(target.values);
  const values = {
    ...target.values,
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
    ...{ family: target.family, specs: target.specs, type, copies: copiesOf(source, target) },
    firstNames: isEncoder(source),
    ...{ tensors: target.tensors, weights: target.weights ?? source.weights },
  });
  return {
    ...{ family: target.family.name, dtype: type },
    async write(folder, signal) {
      for (const [name, text] of Object.entries({ ...written, ...generationOf(source) }))
        await writeAtomically(path.join(folder, name), text);
      if (source.folder !== undefined)
        await copyFiles(source.folder, folder, [...copied, ...others], signal);
      await writeShards(folder, tensors, shardBytes, signal);
      // Last: without it the folder is no model.
      await writeAtomically(path.join(folder, "config.json"), textWithNumbers(values, original));
    },
  };
}

/** Version 5 ties the tables of the halves to the first only where it ties the head. */
function copiesOf(source: Exportable, { family }: TransformersTarget): readonly string[] {
  return isPair(source) && !source.model.config.tiedHead ? (family.copies ?? []) : [];
}

/** What generation is set to, where a run has symbols. */
function generationOf(source: Exportable): Readonly<Record<string, string>> {
  const { symbols } = source;
  if (symbols === undefined) return {};
  const ids = { ...symbolIds(symbols, isPair(source)), suppress_tokens: [symbols.begin] };
  return { [generationName]: json({ do_sample: false, ...ids }) };
}

/** Token ids of a run: those that end texts, where it has them. Classes have others by default. */
function endingOf(source: Exportable): ConfigurationValues {
  if (isPretrained(source)) return {};
  const { symbols } = source;
  if (symbols !== undefined) return symbolIds(symbols, isPair(source));
  const ids = (source.configuration as ModelRun | undefined)?.source?.endTokens ?? [];
  const end = ids.length > 1 ? ids : (ids[0] ?? null);
  return { bos_token_id: null, eos_token_id: end, pad_token_id: null };
}

/** The ids of a run of pairs. Padding of targets is the end symbol once more; that of sources is hidden by the mask. */
function symbolIds(
  { begin, end }: NonNullable<Exportable["symbols"]>,
  pair: boolean,
): ConfigurationValues {
  const ids = { bos_token_id: begin, eos_token_id: end, pad_token_id: pair ? end : null };
  // Classes force others by default.
  return pair ? { ...ids, decoder_start_token_id: begin, forced_eos_token_id: null } : ids;
}

function typeOf(values: ConfigurationValues): FloatType {
  const said = values["dtype"] ?? values["torch_dtype"];
  return floatTypes.find((type) => type === said) ?? "float32";
}
