/**
 * The model of a folder that is to be exported: of a run, a trial, or a pretrained one.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { isEncoderFolder, loadEncoder } from "../families/load-encoder.ts";
import { isPairFolder, loadEncoderDecoder } from "../families/load-encoder-decoder.ts";
import { namesIn } from "../files/folder-files.ts";
import { openDecoder } from "../runs/open-decoder.ts";
import type { DecoderPlace } from "../runs/open-decoder.ts";
import { openPairRun } from "../runs/open-pair-run.ts";
import { trialFolder } from "../runs/open-run.ts";
import type { RunDocument } from "../runs/run-document.ts";
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
  if (await isPairFolder(folder)) {
    refuse(folder, "is a pretrained model", { trial, "file of the encoding": encodingFile });
    return await loadEncoderDecoder(folder);
  }
  if (await isEncoderFolder(folder)) {
    refuse(folder, "is a pretrained model", { trial, "file of the encoding": encodingFile });
    return await loadEncoder(folder);
  }
  const run = await runOf(folder);
  if (run?.kind === "compare" && trial !== undefined) {
    const inner = await trialFolder(folder, run, trial);
    return await openExportable({ folder: inner, encodingFile });
  }
  if (run?.kind !== "pairs") return await openDecoder(place);
  refuse(folder, "is a run of one model", { trial });
  refuse(folder, "has its encodings where they were", { "file of the encoding": encodingFile });
  return await openPairRun(folder);
}

/** @throws {InputError} something was given that a folder has not */
function refuse(
  folder: string,
  what: string,
  given: Readonly<Record<string, string | undefined>>,
): void {
  const name = Object.keys(given).find((each) => given[each] !== undefined);
  if (name !== undefined)
    throw new InputError(
      `${folder} ${what}, but the ${name} "${given[name]!}" was given. Leave it out.`,
    );
}

/** What `run.json` holds; undefined where there is none. */
async function runOf(folder: string): Promise<RunDocument | undefined> {
  const names = await namesIn(folder).catch(() => new Set<string>());
  return names.has(runFileName) ? await readRunFile(folder) : undefined;
}
