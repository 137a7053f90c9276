/**
 * What writes targets for texts: a run of pairs, or a pretrained encoder-decoder.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { pairFamilies } from "../families/index.ts";
import { isCheckpoint } from "../families/load-checkpoint.ts";
import { isPairFolder, loadEncoderDecoder } from "../families/load-encoder-decoder.ts";
import type { LoadedEncoderDecoder } from "../families/load-encoder-decoder.ts";
import type { OpenedPairRun } from "./open-pair-run.ts";
import { openAnyPairRun } from "./open-span-run.ts";
import type { OpenedSpanRun } from "./open-span-run.ts";

/**
 * Opens a folder.
 *
 * @throws {InputError} there is no run and no pretrained model, or it is of another kind
 * @throws {RunError} a file is damaged, or the run has no weights yet
 */
export async function openTargetWriter(
  folder: string,
): Promise<OpenedPairRun | OpenedSpanRun | LoadedEncoderDecoder> {
  if (await isPairFolder(folder)) return await loadEncoderDecoder(folder);
  if (!(await isCheckpoint(folder))) return await openAnyPairRun(folder);
  throw new InputError(
    `${folder} has a pretrained model that is no encoder-decoder. Give the folder of an encoder-decoder (${pairFamilies
      .map(({ name }) => name)
      .join(", ")}), or of a run that ` +
      `was trained with --task; relpos generate continues texts with a decoder.`,
  );
}

/** Whether a model is pretrained, and not of a run. */
export function isPretrainedPair(
  opened: OpenedPairRun | OpenedSpanRun | LoadedEncoderDecoder,
): opened is LoadedEncoderDecoder {
  return "targetTokens" in opened;
}
