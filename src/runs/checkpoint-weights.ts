/**
 * The weights of a model in a run's checkpoint, which also has the optimiser's state.
 *
 * @module
 */
import { RunError } from "../errors.ts";
import type { Weights } from "../model/trained-model.ts";
import type { Parameters } from "../parameters/parameters.ts";
import { notFinite } from "../parameters/finite.ts";
import { fittingWeights, misfitOf } from "../parameters/weights.ts";
import type { Checkpoint } from "../training/train.ts";

/**
 * The values of the model's parameters.
 *
 * @param file the checkpoint's name, for messages
 * @throws {RunError} parameters are missing, have another shape, or are not of this model: the first of each is named; or a
 *   value is NaN or infinite
 */
export function checkpointWeights(
  { parameters }: { readonly parameters: Parameters },
  { tensors }: Checkpoint,
  file: string,
): Weights {
  const misfit = misfitOf(parameters.specs, tensors);
  if (misfit !== undefined)
    throw new RunError(
      `${file} is a checkpoint of another model. ${misfit} ` +
        `Restore the run's own checkpoint from a copy, or start again in another folder.`,
    );
  const weights = new Map(fittingWeights(parameters.specs, tensors, { speaker: file }));
  requireFinite(weights, file);
  return weights;
}

/** @throws {RunError} a value is NaN or infinite */
export function requireFinite(weights: Weights, file: string): void {
  for (const [name, { shape, data }] of weights) {
    const fault = notFinite(data, shape);
    if (fault !== undefined)
      throw new RunError(
        `${file}: the parameter ${name} has ${fault}, which training here never keeps. ` +
          `Restore the run's own checkpoint from a copy, or start again in another folder.`,
      );
  }
}
