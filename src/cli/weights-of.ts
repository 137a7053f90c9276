/**
 * A model with weights of the type that `--weights` names.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { quantised } from "../model/quantised-model.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { WeightsType } from "./weights-types.ts";

/** The model itself, or quantised. */
export function withWeights<Trained extends TrainedModel>(
  trained: Trained,
  type: WeightsType,
): Trained {
  return type === "float32" ? trained : quantised(trained, type);
}

/** @throws {InputError} quantised weights are asked for on another device than the processor */
export function requireProcessor(types: readonly WeightsType[], device: string): void {
  const found = types.find((type) => type !== "float32");
  if (found === undefined || device === "cpu") return;
  throw new InputError(
    `--weights ${found} has products for the processor only, and --device is ${device}. Leave one of them out.`,
  );
}
