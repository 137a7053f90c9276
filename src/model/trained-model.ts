/**
 * A model with the values of its parameters: what is evaluated, decoded, exported and saved.
 *
 * @module
 */
import type { Weights } from "../parameters/weights.ts";
import type { LanguageModel } from "./transformer.ts";

export type { Weights } from "../parameters/weights.ts";

/** A model and its weights. A run's checkpoint may hold more tensors than the model has parameters. */
export interface TrainedModel {
  readonly model: LanguageModel;
  readonly weights: Weights;
}
