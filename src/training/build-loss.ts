/**
 * The loss of one micro-batch as graph.
 *
 * @module
 */
import { printShape, ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { dropoutSites } from "../random/dropout.ts";
import type { LossParts, Tensors } from "./loss-parts.ts";
import type { Objective } from "./objective.ts";

/** Scalars of a pass: the step (float32), and the seed of its dropout (int32). */
export interface PassScalars {
  readonly step: Tensor;
  readonly seed: Tensor;
}

/**
 * Builds the loss, its measures and its stages from the inputs of one micro-batch.
 *
 * @throws {ShapeError} the loss or a measure is no float32 scalar, or a stage is not float32
 */
export function buildLoss(
  objective: Objective,
  inputs: Tensors,
  { step, seed }: PassScalars,
): Required<LossParts> {
  const result = objective.loss(inputs, { dropout: dropoutSites(seed), step });
  const { loss, measures = {}, stages = [] } = "loss" in result ? result : { loss: result };
  requireScalar("the loss", loss);
  for (const [name, tensor] of Object.entries(measures)) requireScalar(`measure "${name}"`, tensor);
  for (const { name, output } of stages)
    if (output.dtype !== "float32")
      throw new ShapeError(`objective: stage "${name}" must be float32, got ${output.dtype}.`);
  return { loss, measures, stages };
}

function requireScalar(what: string, { dtype, shape }: Tensor): void {
  if (dtype === "float32" && shape.length === 0) return;
  throw new ShapeError(
    `objective: ${what} must be a float32 scalar, got ${dtype} ${printShape(shape)}. ` +
      (dtype === "float32" ? "Take its mean or sum." : "Cast it to float32 and take its mean."),
  );
}
