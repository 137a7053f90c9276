/**
 * Values of parameters, and the check that they fit a model.
 *
 * @module
 */
import { printShape } from "../tensor/shape.ts";
import { describeSpec } from "./parameters.ts";
import type { ParameterSpec } from "./spec.ts";

/** Values by parameter name, float32, row-major. */
export type Weights = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: Float32Array }
>;

/**
 * The values of the declared parameters, in their order. `weights` may hold more tensors, as a checkpoint does.
 *
 * @throws {RangeError} a parameter has no value, or one of another shape
 */
export function fittingWeights(
  specs: readonly ParameterSpec[],
  weights: Weights,
): [name: string, value: { readonly shape: readonly number[]; readonly data: Float32Array }][] {
  return specs.map((spec) => {
    const { name } = spec;
    const value = weights.get(name);
    if (value === undefined)
      throw new RangeError(
        `weights: the model's parameter ${describeSpec(spec)} has no value. ` +
          `Give the weights of this model, or build the model with the settings the weights were trained with.`,
      );
    const fits = value.shape.join() === spec.shape.join();
    if (!fits || value.data.length !== spec.shape.reduce((product, size) => product * size, 1))
      throw new RangeError(
        `weights: "${name}" is ${printShape(value.shape)} with ${value.data.length} values, but the model's ` +
          `parameter is ${printShape(spec.shape)}. ` +
          `Give the weights of this model, or build the model with the settings the weights were trained with.`,
      );
    return [name, value];
  });
}
