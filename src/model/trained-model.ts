/**
 * A model with the values of its parameters: what is evaluated, decoded, exported and saved.
 *
 * @module
 */
import type { LanguageModel } from "./transformer.ts";

/** Values by parameter name, float32, row-major. */
export type Weights = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: Float32Array }
>;

/** A model and its weights. A run's checkpoint may hold more tensors than the model has parameters. */
export interface TrainedModel {
  readonly model: LanguageModel;
  readonly weights: Weights;
}
