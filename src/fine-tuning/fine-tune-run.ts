/**
 * Training that goes on from a trained model, in a folder of its own; exactly resumable.
 *
 *     await fineTuneRun({ folder: "runs/longer", settings: { from: "models/tiny-llama-4x", trainLength: 512, corpus } })
 *
 * @module
 */
import path from "node:path";
import { asInputError, InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { mergedWeights } from "../model/low-rank.ts";
import { compile as compileInNode } from "../runtime/node.ts";
import type { Compile } from "../runtime/session.ts";
import { planOf } from "../runs/complete-settings.ts";
import { recordedSettings } from "../runs/take-up.ts";
import { trainInFolder } from "../runs/train-in-folder.ts";
import type { TrainedRun } from "../runs/train-run.ts";
import type { StepMetrics } from "../training/train.ts";
import { completeFineTuneSettings } from "./complete-settings.ts";
import { fineTuneSubject } from "./fine-tune-subject.ts";
import { refuseChangedSource } from "./source-files.ts";
import { openSource } from "./source.ts";
import type { FineTuneSettings } from "./settings.ts";

/** A run to begin, or to go on with. */
export interface FineTuneRequest {
  /** Made if it does not exist; it must be empty, or hold this very run. */
  readonly folder: string;
  /** What is not given has the values of `defaultFineTuneSettings`; what may be changed in a run is as in `trainRun`. */
  readonly settings: Partial<FineTuneSettings> & Pick<FineTuneSettings, "from">;
  /** Called after each step. */
  readonly onStep?: (metrics: StepMetrics) => void;
  /** Stops after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
}

const names: NamesOf<FineTuneRequest> = {
  ...{ folder: true, settings: true, onStep: true, signal: true, compile: true },
};

/**
 * Continues the training of a model on a text, with the model's own tokenizer. The run's folder holds the configuration, checkpoint
 * and metrics; `openRun` opens it. After a stop or a kill, the same call resumes the run, which ends with the same numbers.
 *
 * @throws {InputError} a setting, the model, the text or the folder cannot be used, or the model's files have changed since
 *   the run began; nothing was written
 * @throws {RunError} the folder's files are damaged, the disk is full, or another process writes there
 * @throws {TrainingDiverged} the loss or a gradient became NaN or infinite
 */
export async function fineTuneRun(request: FineTuneRequest): Promise<TrainedRun> {
  refuseUnknownNames("fineTuneRun", request, names, (message) => new InputError(message));
  const { folder, settings: given, onStep, signal, compile = compileInNode } = request;
  const settings = completeFineTuneSettings(given, await recordedSettings(folder));
  const plan = asInputError(() => planOf(settings));
  const compileOptions = { device: settings.device, threads: settings.threads };
  if (path.resolve(folder) === path.resolve(settings.from))
    throw new InputError(
      `${folder} holds the model that is to be trained further, and would be replaced. Choose another folder for the run.`,
    );
  const source = await openSource(settings.from, settings.trainLength);
  await refuseChangedSource(folder, settings.from, source.record.files);
  const prepared = await fineTuneSubject(source, settings, { folder, compile, compileOptions });
  const trained = await trainInFolder(prepared, {
    ...{ folder, given, plan, compile, compileOptions, onStep, signal },
    validateEvery: settings.validateEvery,
    patience: settings.patience,
  });
  const { model, tokenizer, adapted } = prepared;
  const { weights } = trained;
  return {
    ...trained,
    model,
    tokenizer,
    weights: adapted ? mergedWeights(adapted, weights) : weights,
  };
}
