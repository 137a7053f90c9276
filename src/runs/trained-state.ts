/**
 * What the training of a run has reached: its weights, their step, and the metrics up to it.
 *
 * @module
 */
import path from "node:path";
import { RunError } from "../errors.ts";
import type { Parameters } from "../parameters/parameters.ts";
import type { Weights } from "../parameters/weights.ts";
import type { StepMetrics } from "../training/train.ts";
import { requireSameRun } from "./checkpoint-file.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";
import type { RunDocument } from "./run-document.ts";
import { checkpointFileName, readCheckpoint, readMetrics } from "./run-storage.ts";
import { readBest } from "./run-validation.ts";

/** The weights of a run. */
export interface TrainedState {
  readonly weights: Weights;
  /** Training steps that the weights have had: in a run with patience, up to its lowest validation loss. */
  readonly step: number;
  /** One entry for each of those steps. */
  readonly metrics: readonly StepMetrics[];
}

/**
 * The weights of the last checkpoint, or the best ones of a run with patience.
 *
 * @throws {RunError} a file of the run is damaged, the weights are of another model, or there is no checkpoint yet
 * @throws {InputError} the checkpoint is of another run
 */
export async function trainedState(
  folder: string,
  model: { readonly parameters: Parameters },
  run: RunDocument,
): Promise<TrainedState> {
  const file = path.join(folder, checkpointFileName);
  const checkpoint = await readCheckpoint(file);
  if (checkpoint === undefined)
    throw new RunError(
      `${folder} has no ${checkpointFileName} yet: the run was stopped before its first checkpoint. ` +
        `Train on with the same settings in this folder.`,
    );
  const last = { step: checkpoint.step, weights: checkpointWeights(model, checkpoint, file) };
  requireSameRun(checkpoint, run, file);
  const { step, weights } = (await readBest(folder, { model, run })) ?? last;
  // A run that is still going on has metrics of steps after its last checkpoint.
  const metrics = (await readMetrics(folder, checkpoint)).filter((each) => each.step < step);
  return { step, weights, metrics };
}
