/**
 * The weights of a model in a run's checkpoint, which also has the optimiser's state.
 *
 * @module
 */
import { RunError } from "../errors.ts";
import type { Weights } from "../model/trained-model.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { printShape } from "../tensor/shape.ts";
import type { Checkpoint } from "../training/train.ts";
import { stateNames } from "../training/train-step.ts";

const optimiserPrefix = stateNames.scalar("");

/**
 * The values of the model's parameters.
 *
 * @param file the checkpoint's name, for messages
 * @throws {RunError} a parameter is missing, has another shape, or is not one of this model: named with both shapes
 */
export function checkpointWeights(
  { parameters }: LanguageModel,
  { tensors }: Checkpoint,
  file: string,
): Weights {
  const misfit = (what: string): RunError =>
    new RunError(
      `${file} is a checkpoint of another model: ${what}. ` +
        `Restore the run's own checkpoint from a copy, or start again in another folder.`,
    );
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const { name, shape } of parameters.specs) {
    const stored = tensors.get(name);
    if (stored === undefined)
      throw misfit(`it has no "${name}", which is ${printShape(shape)} in this model`);
    if (stored.shape.join() !== shape.join())
      throw misfit(
        `"${name}" is ${printShape(stored.shape)} in it, ${printShape(shape)} in this model`,
      );
    weights.set(name, stored);
  }
  for (const [name, { shape }] of tensors)
    if (!weights.has(name) && !name.startsWith(optimiserPrefix))
      throw misfit(`it has "${name}" ${printShape(shape)}, which this model has not`);
  return weights;
}
