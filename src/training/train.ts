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
 * Trains to the plan's last step, from the storage's checkpoint if it has one.
 *
 * @throws {TrainingDiverged} loss, gradient or state is not finite; the last finite state is in the storage
 * @throws {RangeError} the request is impossible, or the checkpoint is another training's; see `Trainer.create`
 */
export async function train(request: TrainingRequest): Promise<TrainingResult> {
  refuseUnknownNames("train", request, names);
  const { storage = noStorage, onStep, signal, validation, ...rest } = request;
  const before = await storage.load();
  const trainer = await Trainer.create({ ...rest, ...(before ? { checkpoint: before } : {}) });
  const { steps, checkpointEvery } = trainer.plan;
  const milliseconds: number[] = [];
  let pending: StepMetrics[] = [];
  let kept = before?.step;
  const keep = async (checkpoint: Checkpoint): Promise<Checkpoint> => {
    await storage.save(checkpoint, pending);
    kept = checkpoint.step;
    pending = [];
    return checkpoint;
  };
  try {
    while (trainer.stepsDone < steps && !signal?.aborted && !(await validation?.enough?.())) {
      const trained = await trainer.step();
      milliseconds.push(trainer.runMilliseconds);
      const done = trainer.stepsDone;
      const due = validation && (done % validation.every === 0 || done === steps);
      const metrics: StepMetrics = due
        ? { ...trained, validationLoss: await validation.measure(await trainer.weights(), done) }
        : trained;
      pending.push(metrics);
      onStep?.(metrics);
      if (done % checkpointEvery === 0 && done < steps) await keep(await trainer.save());
    }
    const checkpoint = await keep(await trainer.save());
    const weights = new Map(fittingWeights(request.objective.parameters.specs, checkpoint.tensors));
    return { step: checkpoint.step, weights, checkpoint, milliseconds };
  } catch (error) {
    if (!(error instanceof TrainingDiverged)) throw error;
    const last = await finiteState(trainer);
    if (last) await keep(last);
    throw error.withKept(kept);
  } finally {
    await trainer.dispose();
  }
}

/** The trainer's state, or undefined where it is not finite. */
async function finiteState(trainer: Trainer): Promise<Checkpoint | undefined> {
  try {
    return await trainer.save();
  } catch (error) {
    if (error instanceof TrainingDiverged) return undefined;
    throw error;
  }
}
