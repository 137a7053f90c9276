/**
 * The weights of a trained model as read-only state.
 *
 * @module
 */
import type { TrainedModel } from "../model/trained-model.ts";
import type { ReadOnlySlot } from "../runtime/session.ts";
import { printShape, sameShape, ShapeError } from "../tensor/shape.ts";

/**
 * One slot for each parameter of the model. A checkpoint's other tensors (`optimiser.…`) are left out.
 *
 * @throws {RangeError} a parameter has no weights, or there are weights of a parameter that the model does not have
 * @throws {ShapeError} a parameter's weights have another shape
 */
export function weightSlots({ model, weights }: TrainedModel): Record<string, ReadOnlySlot> {
  const { parameters } = model;
  const partOf = (name: string): string => name.split(".")[0]!;
  const parts = new Set(parameters.specs.map(({ name }) => partOf(name)));
  const known = new Set(parameters.specs.map(({ name }) => name));
  for (const name of weights.keys())
    if (!known.has(name) && parts.has(partOf(name)))
      throw new RangeError(
        `decoder: the weights hold "${name}", which the model does not have. ` +
          `Build the model as it was trained: with the same encoding, options and sizes.`,
      );
  return Object.fromEntries(
    parameters.specs.map(({ name, shape }): [string, ReadOnlySlot] => {
      const given = weights.get(name);
      if (given === undefined)
        throw new RangeError(
          `decoder: the weights have no "${name}" ${printShape(shape)}. ` +
            `Build the model as it was trained: with the same encoding, options and sizes.`,
        );
      if (!sameShape(given.shape, shape))
        throw new ShapeError(
          `decoder: "${name}" is ${printShape(shape)} in the model and ` +
            `${printShape(given.shape)} in the weights. Build the model with the sizes it was trained with.`,
        );
      return [name, { kind: "readOnly", current: parameters.get(name), initial: given.data }];
    }),
  );
}
