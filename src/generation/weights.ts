/**
 * The weights of a trained model as read-only state.
 *
 * @module
 */
import type { Parameters } from "../parameters/parameters.ts";
import { fittingWeights } from "../parameters/weights.ts";
import type { Weights } from "../parameters/weights.ts";
import type { ReadOnlySlot } from "../runtime/session.ts";

/**
 * One slot for each parameter of the model. A checkpoint's `optimiser.…` is left out.
 *
 * @throws {RangeError} a parameter has no weights or those of another shape, or there are weights of a parameter that
 *   the model does not have
 */
export function weightSlots({
  model,
  weights,
}: {
  readonly model: { readonly parameters: Parameters };
  readonly weights: Weights;
}): Record<string, ReadOnlySlot> {
  const { parameters } = model;
  const options = { speaker: "decoder", others: "an error" } as const;
  return Object.fromEntries(
    fittingWeights(parameters.specs, weights, options).map(([name, { data }]) => [
      name,
      { kind: "readOnly", current: parameters.get(name), initial: data },
    ]),
  );
}
