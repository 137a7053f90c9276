/**
 * What is exported: a trained model with what its folder says of texts and tokens.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError } from "../errors.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import { pairFamilies } from "../families/index.ts";
import { isCheckpoint, loadCheckpoint } from "../families/load-checkpoint.ts";
import type { CheckpointFacts } from "../families/load-checkpoint.ts";
import { readJson } from "../files/files.ts";
import { fileIn } from "../files/folder-files.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { openRun } from "../runs/open-run.ts";
import type { ModelRun } from "../runs/run-document.ts";

/** A trained model; what else is there of a run or a pretrained model is used. */
export interface Exportable extends TrainedModel {
  readonly folder?: string;
  readonly tokenizer?: Tokenizer | undefined;
  /** Of a pretrained model what `config.json` holds, of a run what `run.json` holds. */
  readonly configuration?: ConfigurationValues | ModelRun;
  readonly family?: string;
  readonly contextLength?: number;
  readonly endTokens?: readonly number[];
}

/** Where a model is. */
export interface ExportPlace {
  /** The folder of a run, of a comparison or of a pretrained model. */
  readonly folder: string;
  readonly trial?: string | undefined;
  readonly encodingFile?: string | undefined;
}

/**
 * Opens the model of a folder.
 *
 * @throws {InputError} there is none, or it is one that cannot be exported
 * @throws {RunError} a file is damaged, or the run has no weights yet
 */
export async function openExportable(place: ExportPlace): Promise<Exportable> {
  const { folder, trial, encodingFile } = place;
  if (!(await isCheckpoint(folder)))
    return await openRun(folder, {
      ...(trial !== undefined && { trial }),
      ...(encodingFile !== undefined && { encodingFile }),
    });
  if (trial !== undefined || encodingFile !== undefined)
    throw new InputError(
      `${folder} is a pretrained model, which has no trials and no encoding of its own. ` +
        `Leave ${trial === undefined ? "the encoding's file" : "the trial"} out.`,
    );
  await refusePairFamily(folder);
  return await loadCheckpoint(folder);
}

/** Whether a model was read from a folder of transformers. */
export function isPretrained(source: Exportable): source is TrainedModel & CheckpointFacts {
  return source.family !== undefined && source.folder !== undefined;
}

/** The most tokens of a text that the model was made for; undefined where nothing says. */
export function lengthOf(source: Exportable): number | undefined {
  const { model, contextLength, configuration } = source;
  if (contextLength !== undefined)
    return Number.isFinite(contextLength) ? contextLength : undefined;
  const { trainLength, source: origin } = (configuration ?? {}) as Partial<ModelRun>;
  // A run that goes on from a model at a shorter length has its encoding.
  const made = origin === undefined ? 0 : origin.encodingLength;
  const longest = made < unnamed ? Math.max(made, trainLength ?? 0) : trainLength;
  return model.encoding.limit?.length ?? (longest === 0 ? undefined : longest);
}

/** The length that is recorded where a configuration names none. */
const unnamed = 2 ** 20;

async function refusePairFamily(folder: string): Promise<void> {
  const values = await readJson(fileIn(folder, "config.json"), "Copy or download it again.");
  const type = (values as { readonly model_type?: unknown } | null)?.model_type;
  const family = pairFamilies.find(({ modelType }) => modelType === type);
  if (family !== undefined)
    throw new InputError(
      `export: ${folder} has an encoder-decoder (${family.name}), and decoders alone are exported. ` +
        `Give the folder of a decoder, or of a run that was trained on text.`,
    );
}
