/**
 * A training run: steps of a trainer with metrics and checkpoints, exactly repeatable and resumable.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { Weights } from "../parameters/weights.ts";
import { fittingWeights } from "../parameters/weights.ts";
import { noStorage } from "./checkpoint.ts";
import type { Checkpoint, RunStorage, StepMetrics } from "./checkpoint.ts";
import { TrainingDiverged } from "./divergence.ts";
import { GoodStates } from "./good-states.ts";
import { Trainer, trainerNames } from "./trainer.ts";
import type { TrainerRequest } from "./trainer.ts";

export { noStorage } from "./checkpoint.ts";
export type { Checkpoint, RunStorage, StepMetrics } from "./checkpoint.ts";
export { TrainingDiverged } from "./divergence.ts";

/** What a run needs; the checkpoint to go on from is the storage's. */
export interface TrainingRequest extends Omit<TrainerRequest, "checkpoint"> {
  /** Default: nothing is kept but the result. */
  readonly storage?: RunStorage;
  /** Default: no loss but that of training is measured. */
  readonly validation?: Validation;
  readonly onStep?: (metrics: StepMetrics) => void;
  /** Stops after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** The loss on data that is not trained on, measured while training. */
export interface Validation {
  /** Steps between two measurements. The plan's last step is always followed by one. */
  readonly every: number;
  /** Called before the first step, if there is one: for what takes long, such as compiling, before signals are heard. */
  readonly prepare?: (weights: Weights) => Promise<void>;
  /** The loss of these weights, after `step` steps. */
  measure(weights: Weights, step: number): Promise<number>;
  /** Whether training ends before the next step. Default: never. */
  readonly enough?: () => boolean | Promise<boolean>;
}

const names: NamesOf<TrainingRequest> = {
  ...trainerNames,
  ...{ storage: true, validation: true, onStep: true, signal: true },
};

/** What a run gives. */
export interface TrainingResult {
  /** Steps done in all; fewer than planned if it was stopped. */
  readonly step: number;
  /** Values of all parameters. */
  readonly weights: Weights;
  /** Parameters and optimiser state, by name. */
  readonly checkpoint: Checkpoint;
  /** Wall time of each step done here, in milliseconds. */
  readonly milliseconds: readonly number[];
}

/**
 * Trains to the plan's last step, from the storage's checkpoint if it has one. A state replaces the checkpoint once the
 * next step, or the loss on validation data, has shown that it is good.
 *
 * @throws {TrainingDiverged} loss, gradient, state or validation loss is not finite; the last good state is in the storage
 * @throws {RangeError} the request is impossible, or the checkpoint is another training's; see `Trainer.create`
 */
export async function train(request: TrainingRequest): Promise<TrainingResult> {
  refuseUnknownNames("train", request, names);
  const { storage = noStorage, onStep, signal, validation, ...rest } = request;
  const before = await storage.load();
  const trainer = await Trainer.create({ ...rest, ...(before ? { checkpoint: before } : {}) });
  const { steps, checkpointEvery } = trainer.plan;
  const milliseconds: number[] = [];
  const states = new GoodStates(storage, before?.step);
  const step = async (): Promise<StepMetrics> => {
    const metrics = await trainer.step();
    await states.judge(metrics.loss);
    return metrics;
  };
  try {
    if (trainer.stepsDone < steps) await validation?.prepare?.(await trainer.weights());
    while (trainer.stepsDone < steps && !signal?.aborted && !(await validation?.enough?.())) {
      const trained = await step();
      milliseconds.push(trainer.runMilliseconds);
      const done = trainer.stepsDone;
      const due = validation && (done % validation.every === 0 || done === steps);
      const metrics: StepMetrics = due
        ? { ...trained, validationLoss: await validationLoss(validation, trainer, trained.rate) }
        : trained;
      states.add(metrics);
      onStep?.(metrics);
      if (done % checkpointEvery === 0 && done < steps) states.consider(await trainer.save());
    }
    const checkpoint = await trainer.save();
    states.consider(checkpoint);
    // Stopped between two steps, nothing has shown yet that the last update did no harm.
    if (signal?.aborted && milliseconds.length > 0 && trainer.stepsDone < steps) await step();
    else await states.keep();
    const weights = new Map(fittingWeights(request.objective.parameters.specs, checkpoint.tensors));
    return { step: checkpoint.step, weights, checkpoint, milliseconds };
  } catch (error) {
    if (!(error instanceof TrainingDiverged)) throw error;
    throw error.withKept(states.kept);
  } finally {
    await trainer.dispose();
  }
}

/**
 * The loss on validation data of the trainer's weights.
 *
 * @throws {TrainingDiverged} it is not finite
 */
async function validationLoss(
  validation: Validation,
  trainer: Trainer,
  rate: number,
): Promise<number> {
  const step = trainer.stepsDone;
  const loss = await validation.measure(await trainer.weights(), step);
  if (Number.isFinite(loss)) return loss;
  const what = `loss on validation data became ${loss}`;
  throw new TrainingDiverged(step, { what, where: "the forward pass", rate });
}
