/**
 * The language model of a folder: of a training run, of a trial of a comparison, or a pretrained decoder.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { isCheckpoint, loadCheckpoint } from "../families/load-checkpoint.ts";
import type { LoadedCheckpoint } from "../families/load-checkpoint.ts";
import { openRun } from "./open-run.ts";
import type { OpenedRun } from "./open-run.ts";

/** Where a language model is. */
export interface DecoderPlace {
  /** The folder of a run, of a comparison or of a pretrained decoder. */
  readonly folder: string;
  /** In the folder of a comparison: the trial, such as `"rope-1"`. */
  readonly trial?: string | undefined;
  /** Where the file of the user's own encoding is now, if it was moved since the run began. */
  readonly encodingFile?: string | undefined;
  /** Of a pretrained decoder: the folder of an adapter in PEFT's format. Default: none. */
  readonly adapter?: string | undefined;
  /** Of a pretrained decoder: the length of texts, for rotary rules that follow from it. Default: none. */
  readonly textLength?: number | undefined;
}

/** A language model of a run or of a pretrained folder. */
export type OpenedDecoder = LoadedCheckpoint | OpenedRun;

/**
 * Opens the language model of a folder.
 *
 * @throws {InputError} there is none, it is an encoder or an encoder-decoder, or what is asked for is of the other kind of folder
 * @throws {RunError} a file is damaged, or the run has no weights yet
 */
export async function openDecoder(place: DecoderPlace): Promise<OpenedDecoder> {
  const { folder, trial, encodingFile, adapter, textLength } = place;
  if (await isCheckpoint(folder)) {
    if (trial !== undefined || encodingFile !== undefined)
      throw new InputError(
        `${folder} is a pretrained model, which has no trials and no encoding of its own. ` +
          `Leave the ${trial === undefined ? "file of the encoding" : "trial"} out.`,
      );
    return await loadCheckpoint(folder, {
      ...(adapter !== undefined && { adapter }),
      ...(textLength !== undefined && { textLength }),
    });
  }
  if (adapter !== undefined)
    throw new InputError(
      `An adapter is for pretrained models, and ${folder} is a run, which has its adapters merged. Leave it out.`,
    );
  return await openRun(folder, {
    ...(trial !== undefined && { trial }),
    ...(encodingFile !== undefined && { encodingFile }),
  });
}

/** Whether a model is pretrained, and not of a run. */
export function isLoaded(opened: OpenedDecoder): opened is LoadedCheckpoint {
  return "family" in opened;
}
