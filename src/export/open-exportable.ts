/**
 * The model of a folder that is to be exported: of a run, a trial, or a pretrained one.
 *
 * @module
 */
import { loadEncoderDecoder } from "../families/load-encoder-decoder.ts";
import { pairFamilies } from "../families/index.ts";
import { isCheckpoint } from "../families/load-checkpoint.ts";
import { readJson } from "../files/files.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import { openDecoder } from "../runs/open-decoder.ts";
import type { DecoderPlace } from "../runs/open-decoder.ts";
import { openPairRun } from "../runs/open-pair-run.ts";
import { readRunFile, runFileName } from "../runs/run-file.ts";
import type { Exportable } from "./export-source.ts";

/**
 * Opens a folder.
 *
 * @throws {InputError} there is no model that can be exported, or what is asked for is of another kind of folder
 * @throws {RunError} a file is damaged, or the run has no weights yet
 */
export async function openExportable(
  place: Pick<DecoderPlace, "folder" | "trial" | "encodingFile">,
): Promise<Exportable> {
  const { folder, trial, encodingFile } = place;
  const whole = trial === undefined && encodingFile === undefined;
  if (whole && (await isPairFolder(folder))) return await loadEncoderDecoder(folder);
  if (whole && (await isPairRun(folder))) return await openPairRun(folder);
  return await openDecoder(place);
}

/** Whether a folder of transformers has an encoder-decoder. */
export async function isPairFolder(folder: string): Promise<boolean> {
  if (!(await isCheckpoint(folder))) return false;
  const values: unknown = await readJson(fileIn(folder, "config.json"));
  if (typeof values !== "object" || values === null) return false;
  const { model_type: type } = values as { readonly model_type?: unknown };
  return pairFamilies.some(({ modelType }) => modelType === type);
}

async function isPairRun(folder: string): Promise<boolean> {
  const names = await namesIn(folder).catch(() => new Set<string>());
  return names.has(runFileName) && (await readRunFile(folder)).kind === "pairs";
}
