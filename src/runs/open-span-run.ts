/**
 * A run that was trained to find answers in texts, to answer questions with.
 *
 * @module
 */
import path from "node:path";
import { spanVocab } from "../data/spans/span-windows.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError, RunError } from "../errors.ts";
import { encoderModelConfig } from "../model/encoder-model.ts";
import type { EncoderModel } from "../model/encoder-model.ts";
import { spanModel } from "../model/span-model.ts";
import { openPairRun } from "./open-pair-run.ts";
import type { OpenedPairRun } from "./open-pair-run.ts";
import { recordedEncoding } from "./recorded-encoding.ts";
import type { SpanRun } from "./run-document.ts";
import { readRunFile, runFileName } from "./run-file.ts";
import { recordedTokenizer } from "./run-tokenizer.ts";
import { trainedState } from "./trained-state.ts";
import type { TrainedState } from "./trained-state.ts";

/** A trained span model with all that its run recorded. */
export interface OpenedSpanRun extends TrainedState {
  readonly architecture: "span";
  /** The run's folder. */
  readonly folder: string;
  readonly model: EncoderModel;
  readonly tokenizer: Tokenizer;
  /** What `run.json` holds. */
  readonly configuration: SpanRun;
}

/**
 * Opens the folder of a run of the architecture "span". The folder may have been moved.
 *
 * @throws {InputError} there is no run, it is of another kind, architecture or version of relpos, or the file of the run's own
 *   encoding is gone or changed
 * @throws {RunError} a file of the run is damaged, the weights are of another model, or there is no checkpoint yet
 */
export async function openSpanRun(folder: string): Promise<OpenedSpanRun> {
  const configuration = await readRunFile(folder);
  if (configuration.kind !== "pairs" || configuration.architecture !== "span")
    throw new InputError(
      `${folder} is no run of the architecture span, which finds answers in texts. Give the folder of ` +
        `relpos train --task answer --architecture span.`,
    );
  const file = path.join(folder, runFileName);
  const tokenizer = await recordedTokenizer(folder, configuration.tokenizer);
  if (configuration.model.vocab !== spanVocab(tokenizer))
    throw new RunError(
      `${file} is damaged: its ${tokenizer.id} tokenizer has ${tokenizer.vocab} ids, with the separator ${spanVocab(tokenizer)}, ` +
        `its model a vocabulary of ${configuration.model.vocab}. Restore it from a copy.`,
    );
  const definition = await recordedEncoding(configuration.encodings.encoder, file);
  const model = ((): EncoderModel => {
    try {
      return spanModel(encoderModelConfig(configuration.model), definition, configuration.trainLength);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new RunError(`${file} describes a model that cannot be made: ${cause.message}`, {
        cause,
      });
    }
  })();
  const state = await trainedState(folder, model, configuration);
  return { architecture: "span", folder, model, tokenizer, configuration, ...state };
}

/** Opens the folder of any run of pairs, see `openPairRun` and `openSpanRun`. */
export async function openAnyPairRun(folder: string): Promise<OpenedPairRun | OpenedSpanRun> {
  const run = await readRunFile(folder);
  return run.kind === "pairs" && run.architecture === "span"
    ? await openSpanRun(folder)
    : await openPairRun(folder);
}
